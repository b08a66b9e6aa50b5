import type { Command } from './command.ts'

/** The list of commands. */
export const helpText = (commands: readonly Command[]): string => {
  const width = Math.max(...commands.map(({ name }) => name.length))
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}   ${summary}`)
  return `tributary <command> [flags]

${lines.join('\n')}
  ${'help'.padEnd(width)}   this list; \`tributary help <command>\` for one of them

Exit codes: 0 done; 1 it failed, or found something wrong; 2 the command line or a setting is wrong.
`
}
