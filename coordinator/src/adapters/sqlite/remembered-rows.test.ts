import type { ClientId } from '@tributary/protocols'
import { expect, test } from 'vitest'
import type { Change } from '../../ports/store.ts'
import { rememberedRows } from './remembered-rows.ts'

const alice = 'client alice' as `client ${ClientId}`
const bob = 'client bob' as `client ${ClientId}`
const written = { kind: 'save-client', client: { id: 'alice' } } as Change

test('what was asked for is read once, until its own row is written', async () => {
  const { ask, asked, forget } = counted()
  for (let time = 0; time < 3; time++)
    for (const name of [alice, bob, 'active clients'] as const) await ask(name)
  expect(asked).toEqual([alice, bob, 'active clients'])
  forget([written])
  for (const name of [alice, bob, 'active clients'] as const) await ask(name)
  expect(asked.slice(3)).toEqual([alice, 'active clients'])
})

test('once another connection has written to the file, everything is read again', async () => {
  const { ask, asked, writeElsewhere } = counted()
  await ask(alice)
  writeElsewhere()
  await ask(alice)
  await ask(alice)
  expect(asked).toEqual([alice, alice])
})

test('a read that was under way when its row was written answers nobody who asks after', async () => {
  const first = Promise.withResolvers<string[]>()
  const { ask, asked, forget } = counted(() => first.promise)
  const before = ask(alice)
  forget([written])
  const after = ask(alice)
  expect(asked).toEqual([alice, alice])
  first.resolve(['as it was'])
  await Promise.all([before, after])
  expect(await ask(alice)).toBe(await after)
  expect(asked).toHaveLength(2)
})

test('a read that failed is made again', async () => {
  let fails = true
  const { ask, asked } = counted(async () => {
    if (fails) throw new Error('the disk is gone')
    return ['here']
  })
  await expect(ask(alice)).rejects.toThrow('the disk is gone')
  fails = false
  await expect(ask(alice)).resolves.toEqual(['here'])
  expect(asked).toHaveLength(2)
})

/** Queries that answer nothing, and which of them were made. */
const counted = (rows: () => Promise<string[]> = async () => []) => {
  const asked: string[] = []
  let version = 1
  const { remember, forget } = rememberedRows({ dataVersion: () => version })
  const ask = (name: Parameters<typeof remember>[0]) =>
    remember(name, () => ({
      execute() {
        asked.push(name)
        return rows()
      },
    })).execute()
  return { ask, asked, forget, writeElsewhere: () => void version++ }
}
