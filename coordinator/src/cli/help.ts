import type { Command } from './command.ts'
import { EXIT_USAGE } from './exit-codes.ts'

/** The list of commands. */
export const helpText = (commands: readonly Command[]): string => {
  const width = Math.max(...commands.map(({ name }) => name.length))
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}   ${summary}`)
  return `tributary <command> [flags]

${lines.join('\n')}
  ${'help'.padEnd(width)}   this list; \`tributary help <command>\` for one of them

${EXIT_USAGE}`
}

/** The commands of two words that begin with this one. */
export const groupOf = (commands: readonly Command[], first: string): Command[] =>
  commands.filter(({ name }) => name.startsWith(`${first} `))
