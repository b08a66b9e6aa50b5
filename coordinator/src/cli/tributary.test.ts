import { describe, expect, test } from 'vitest'
import { run } from './command-line.builders.ts'
import { COMMANDS } from './commands.ts'
import { flagsOf } from './completion-scripts.ts'

test('help lists every command', async () => {
  const { code, out } = await run('help')

  expect(code).toBe(0)
  for (const { name, summary } of COMMANDS) {
    expect(out).toContain(`  ${name} `)
    expect(out).toContain(summary)
  }
})

test('without a command, flags are those of serve', async () => {
  expect(await run('--help')).toEqual(await run('serve', '--help'))
  expect((await run('--port', 'http')).err).toContain('--port must be a port')
})

describe.each(COMMANDS.map(({ name }) => name))('%s', (name) => {
  const words = name.split(' ')

  test('explains itself', async () => {
    const { code, out } = await run(...words, '--help')

    expect(code).toBe(0)
    expect(out).toMatch(/^tributary /)
    expect(await run('help', ...words)).toEqual({ code: 0, out, err: '' })
  })

  test('explains every flag that it takes but those of secrets, a line each: completion reads them there', async () => {
    const { out } = await run(...words, '--help')
    const { err } = await run(...words, '--colour', 'blue')
    const taken = /--colour is not a flag: there are (?:none|(.*))/.exec(err)?.[1] ?? ''

    const told = taken.split(', ').filter((flag) => flag !== '' && !/secret|access-key/.test(flag))
    expect(flagsOf({ usage: out }).toSorted()).toEqual(told.toSorted())
  })

  test('refuses a flag that it does not know with exit code 2, and says which it has', async () => {
    const { code, out, err } = await run(...words, '--colour', 'blue')

    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(/--colour is not a flag: there are /)
    expect(err).toContain(`tributary ${name === 'serve' ? '[serve]' : name}`)
  })
})

test.each([['reboot'], ['help', 'reboot'], ['audit'], ['rounds', 'begin'], ['help', 'rounds', 'begin']])(
  'there is no command: %s %s',
  async (...words) => {
    const { code, out, err } = await run(...words.filter((word) => word !== undefined))

    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(/^There is no command /)
    expect(err).toContain('tributary <command>')
  },
)

test('what stands behind a mistyped flag is not repeated: it may be a secret', async () => {
  const { code, err } = await run('serve', '--databas', 'postgres://fl:hunter2@db/fl')

  expect(code).toBe(2)
  expect(err).toContain('--databas is not a flag')
  expect(err).toContain('argument 2 is not expected here')
  expect(err).not.toContain('hunter2')
})

test('a password that would end the address is refused with how to write it, and not repeated', async () => {
  const { code, err } = await run('doctor', '--database', 'postgres://fl:hunter2/x#y@db/fl')

  expect(code).toBe(2)
  expect(err).toContain('/ # ? @ : and % are written %2F %23 %3F %40 %3A %25')
  expect(err).not.toContain('hunter2')
})
