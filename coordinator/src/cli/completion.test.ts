import { execFileSync } from 'node:child_process'
import { beforeAll, describe, expect, test } from 'vitest'
import { run } from './command-line.builders.ts'
import { COMMANDS } from './commands.ts'
import { flagsOf } from './completion-scripts.ts'

let script: string
beforeAll(async () => {
  script = (await run('completion', 'bash')).out
})

/** What bash offers for the last of these words. */
const offered = (...words: string[]): string[] => {
  const program = `${script}
COMP_WORDS=(tributary "$@")
COMP_CWORD=$#
_tributary
printf '%s\\n' "\${COMPREPLY[@]}"`
  const out = execFileSync('bash', ['--norc', '-u', '-c', program, 'bash', ...words], { encoding: 'utf8' })
  return out.split('\n').filter(Boolean)
}

describe('in bash', () => {
  test.each([
    [['rou'], ['rounds']],
    [['t'], ['tasks', 'tokens']],
    [
      ['rounds', ''],
      ['list', 'show', 'trigger', 'watch', 'abandon'],
    ],
    [['rounds', 'w'], ['watch']],
    [['help', 'dig'], []],
    [['help', 'comp'], ['completion']],
    [
      ['completion', ''],
      ['--help', 'bash', 'zsh', 'fish'],
    ],
    [['--po'], ['--port']],
    [['nonsense', ''], []],
  ])('%j is completed to %j', (words, next) => {
    expect(offered(...words)).toEqual(next)
  })

  test.each(COMMANDS.map((command) => [command.name, command] as const))(
    'every flag of %s is offered, behind operands too',
    (name, command) => {
      const flags = [...flagsOf(command), '--help']
      expect(offered(...name.split(' '), '--')).toEqual(flags)
      expect(offered(...name.split(' '), 'my-task', flags[0] ?? '', '--')).toEqual(flags)
    },
  )
})

test.each(['zsh', 'fish'])('the script for %s names every command and flag', async (shell) => {
  const { code, out } = await run('completion', shell)
  expect(code).toBe(0)
  for (const command of COMMANDS) {
    expect(out).toContain(command.name.split(' ').at(-1))
    for (const flag of flagsOf(command))
      expect(out).toContain(shell === 'fish' ? `-l ${flag.slice(2)}` : flag)
  }
})

test('another shell is refused', async () => {
  const { code, err } = await run('completion', 'powershell')
  expect(code).toBe(2)
  expect(err).toContain('<shell> must be one of bash, zsh, fish')
})
