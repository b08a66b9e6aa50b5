/** What shells run to complete a line of `tributary`: made of the commands' names, summaries and usages. */
import { unreachable } from '@tributary/protocols'
import type { Command } from './command.ts'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

type Described = Pick<Command, 'name' | 'summary' | 'usage'>

export const completionScript = (shell: Shell, commands: readonly Described[]): string => {
  switch (shell) {
    case 'bash':
      return bashScript(commands)
    case 'zsh':
      return zshScript(commands)
    case 'fish':
      return fishScript(commands)
    default:
      return unreachable(shell)
  }
}

/** Every flag of a command: usage explains each on a line of its own, `  --json  as JSON` or `  -o, --output FILE  …`. */
export const flagsOf = ({ usage }: Pick<Command, 'usage'>): string[] =>
  [...usage.matchAll(/^ {2}(?:-\w, )?(--[a-z][a-z0-9-]*)/gm)].flatMap(([, flag]) => (flag ? [flag] : []))

/** What can follow the first words of a line. */
const choices = (commands: readonly Described[]): { words: string; next: string[] }[] => {
  const firsts = new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''))
  const groups = Map.groupBy(
    commands.filter(({ name }) => name.includes(' ')),
    ({ name }) => name.split(' ')[0] ?? '',
  )
  const serve = commands.find(({ name }) => name === 'serve')
  return [
    { words: '', next: [...firsts, 'help', ...(serve ? flagsOf(serve) : [])] },
    { words: 'help', next: [...firsts] },
    ...[...groups].map(([words, of]) => ({ words, next: of.map(({ name }) => name.split(' ')[1] ?? '') })),
    ...commands.map((command) => ({
      words: command.name,
      next: [...flagsOf(command), '--help', ...(command.name === 'completion' ? SHELLS : [])],
    })),
  ]
}

const bashScript = (
  commands: readonly Described[],
): string => `# tributary, completed by bash: source <(tributary completion bash)
_tributary() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words='' word next=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in
      -*) break ;;
      *) words="\${words:+$words }$word" ;;
    esac
  done
  case "$words" in
${cases(commands, (next) => `next='${next.join(' ')}'`)}
  esac
  COMPREPLY=($(compgen -W "$next" -- "$current"))
}
complete -o default -F _tributary tributary
`

const zshScript = (commands: readonly Described[]): string => `#compdef tributary
# tributary, completed by zsh: source <(tributary completion zsh), after compinit
_tributary() {
  local line='' word
  local -a next
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$word" in
      -*) break ;;
      *) line="\${line:+$line }$word" ;;
    esac
  done
  case "$line" in
${cases(commands, (next) => `next=(${next.join(' ')})`)}
  esac
  (( \${#next} )) && compadd -- $next || _files
}
compdef _tributary tributary
`

/** A command's own words, and those with operands behind them; the longer names first. */
const cases = (commands: readonly Described[], assignment: (next: readonly string[]) => string): string => {
  const names = new Set(commands.map(({ name }) => name))
  return choices(commands)
    .toSorted((a, b) => b.words.split(' ').length - a.words.split(' ').length)
    .map(({ words, next }) => {
      const pattern = names.has(words) ? `'${words}' | '${words} '*` : `'${words}'`
      return `    ${pattern}) ${assignment(next)} ;;`
    })
    .join('\n')
}

const fishScript = (commands: readonly Described[]): string => {
  const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const firsts = new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''))
  const lines = [...firsts].map(
    (first) =>
      `complete -c tributary -n __fish_use_subcommand -f -a ${first}${
        commands.some(({ name }) => name === first)
          ? ` -d ${quoted(commands.find(({ name }) => name === first)?.summary ?? '')}`
          : ''
      }`,
  )
  for (const { name, summary, usage } of commands) {
    const [first = '', second] = name.split(' ')
    const siblings = commands.flatMap((other) => {
      const [group, word] = other.name.split(' ')
      return group === first && word ? [word] : []
    })
    if (second)
      lines.push(
        `complete -c tributary -n '__fish_seen_subcommand_from ${first}; and not __fish_seen_subcommand_from ${siblings.join(' ')}' -f -a ${second} -d ${quoted(summary)}`,
      )
    const seen = second
      ? `__fish_seen_subcommand_from ${first}; and __fish_seen_subcommand_from ${second}`
      : `__fish_seen_subcommand_from ${first}`
    for (const flag of flagsOf({ usage }))
      lines.push(`complete -c tributary -n '${seen}' -l ${flag.slice(2)}`)
  }
  return `# tributary, completed by fish: tributary completion fish | source\n${lines.join('\n')}\n`
}
