import { plainText } from '../terminal/terminal-text.ts'
import type { Call, Command } from './command.ts'
import { COMMANDS } from './commands.ts'
import { EXIT, exitCodeOf } from './exit-codes.ts'
import { failureInWords } from './failure.ts'
import { groupOf, helpText } from './help.ts'
import { serveCommand } from './serve.ts'

/**
 * Runs what a command line says and resolves with the exit code, one of `EXIT`. Never throws.
 */
export const tributary = async (line: Call): Promise<number> => {
  const found = commandOf(line.args)
  if (found === undefined) {
    line.complain(unknownCommand(line.args))
    return EXIT.wrongLine
  }
  if (found === 'help') return help(line)
  const { command, args } = found
  if (args.some((word) => word === '--help' || word === '-h')) {
    line.print(command.usage)
    return 0
  }
  try {
    return await command.run({ ...line, args })
  } catch (error) {
    line.complain(`${command.failed}\n${failureInWords(error)}\n`)
    const code = exitCodeOf(error)
    if (code === EXIT.wrongLine) line.complain(`\n${command.usage}`)
    return code
  }
}

type Found = { command: Command; args: readonly string[] }

/** The command that the first words name; `serve` where there are only flags. */
const commandOf = (args: readonly string[]): Found | 'help' | undefined => {
  const [first] = args
  if (first === 'help') return 'help'
  if (first === undefined || first.startsWith('-')) return { command: serveCommand, args }
  for (const command of COMMANDS) {
    const words = command.name.split(' ')
    if (words.every((word, i) => word === args[i])) return { command, args: args.slice(words.length) }
  }
  return undefined
}

/** `help`, and `help backup`, and `help rounds`. */
const help = ({ args, print, complain }: Call): number => {
  const asked = args.slice(1)
  const found = commandOf(asked)
  const group = groupOf(COMMANDS, asked[0] ?? '')
  if (asked.length === 0 || found === 'help') print(helpText(COMMANDS))
  else if (found) print(found.command.usage)
  else if (asked.length === 1 && group.length > 0) print(helpText(group))
  else {
    complain(unknownCommand(asked))
    return EXIT.wrongLine
  }
  return EXIT.done
}

/** Lists the commands that begin with the same word, where there are such; all of them otherwise. */
const unknownCommand = (words: readonly string[]): string => {
  const [first = ''] = words
  const group = groupOf(COMMANDS, first)
  const named = words.slice(0, group.length > 0 ? 2 : 1).filter((word) => !word.startsWith('-'))
  return `There is no command ${plainText(named.join(' '))}.\n\n${helpText(group.length > 0 ? group : COMMANDS)}`
}
