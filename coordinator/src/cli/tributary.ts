import { ConfigError } from '../config.ts'
import type { Call, Command } from './command.ts'
import { COMMANDS } from './commands.ts'
import { helpText } from './help.ts'
import { serveCommand } from './serve.ts'

/**
 * Runs what a command line says and resolves with the exit code: 0 done; 1 it failed, or found something wrong;
 * 2 the line or a setting is wrong. Never throws.
 */
export const tributary = async (line: Call): Promise<number> => {
  const found = commandOf(line.args)
  if (found === undefined) {
    line.complain(`There is no command ${line.args[0]}.\n\n${helpText(COMMANDS)}`)
    return 2
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
    line.complain(`${command.failed}\n${error instanceof Error ? error.message : String(error)}\n`)
    if (!(error instanceof ConfigError)) return 1
    line.complain(`\n${command.usage}`)
    return 2
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

/** `help`, and `help backup`. */
const help = ({ args, print, complain }: Call): number => {
  const asked = args.slice(1)
  const found = commandOf(asked)
  if (asked.length === 0 || found === 'help') print(helpText(COMMANDS))
  else if (found) print(found.command.usage)
  else complain(`There is no command ${asked.join(' ')}.\n\n${helpText(COMMANDS)}`)
  return asked.length === 0 || found ? 0 : 2
}
