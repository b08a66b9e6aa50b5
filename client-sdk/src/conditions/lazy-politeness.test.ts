import { virtualClock } from '@tributary/protocols/runtime'
import { expect, test, vi } from 'vitest'
import { memoryRecordStore } from '../adapters/memory-record-store.ts'
import type { Shut } from '../attendance/gate.ts'
import { FederatedClient } from '../client.ts'
import { shiftTrainer } from '../participation/participant.builders.ts'
import type { Bulk, Upload } from '../ports/bulk.ts'
import type { Circumstances } from '../ports/circumstances.ts'
import type { Conditions } from './conditions.ts'
import { createCircumstances } from './given-circumstances.ts'
import { lazyPoliteness } from './lazy-politeness.ts'

const lazy = (platform: () => Promise<Circumstances>, circumstances?: Circumstances) => {
  const clock = virtualClock(1_000_000)
  const politeness = lazyPoliteness({
    conditions: { charging: true },
    circumstances,
    platform,
    records: memoryRecordStore(),
    bulk: {} as Bulk,
    clock,
  })
  const told: (Shut | undefined)[] = []
  return { clock, politeness, told, end: politeness.gate.watch((shut) => told.push(shut)) }
}

test('what the app tells comes before what the platform tells', async () => {
  const platform = async () => createCircumstances({ charging: false })
  const told = lazy(platform, createCircumstances({ charging: true })).told
  await vi.waitFor(() => expect(told).toEqual([undefined]))
})

test('what cannot be loaded keeps it shut, and is tried again in a minute', async () => {
  let offline = true
  const { told, clock, end } = lazy(async () => {
    if (offline) throw new Error('Failed to fetch dynamically imported module')
    return createCircumstances({ charging: true })
  })
  await vi.waitFor(() => expect(told).toHaveLength(1))
  expect(told[0]).toEqual({
    by: 'conditions',
    detail: 'the conditions cannot be looked at: Failed to fetch dynamically imported module',
  })
  offline = false
  clock.advanceTo(clock.now() + 60_000)
  await vi.waitFor(() => expect(told.slice(1)).toEqual([undefined]))
  end()
  expect(clock.pending()).toBe(0)
})

test('a transfer that begins before it could be loaded is to be tried again', async () => {
  const { politeness } = lazy(() => Promise.reject(new Error('offline')))
  const { signal } = new AbortController()
  expect(await politeness.bulk.upload({} as Upload, signal)).toEqual({ kind: 'interrupted' })
})

test('who stops watching before it has loaded hears nothing', async () => {
  const loaded = Promise.withResolvers<Circumstances>()
  const { told, end, clock, politeness } = lazy(() => loaded.promise)
  end()
  loaded.resolve(createCircumstances({ charging: true }))
  await politeness.usage()
  expect(told).toEqual([])
  expect(clock.pending()).toBe(0)
})

test('a client with mistakes in its conditions does not take part, and one without any counts nothing', async () => {
  const options = { coordinator: 'https://learn.example.org', task: 'line', trainer: shiftTrainer }
  const conditions = { charging: 'yes', minExamples: 5 } as unknown as Conditions
  const client = new FederatedClient({ ...options, conditions })
  const told = expect.objectContaining({
    code: 'bad-options',
    message: expect.stringContaining(
      'the conditions have 2 mistakes. conditions.charging: give true or false; conditions.minExamples: the trainer has no `countExamples`',
    ),
  })
  await expect(client.join()).rejects.toEqual(told)
  await expect(client.enrol('tre_')).rejects.toEqual(told)
  await expect(client.usage()).rejects.toMatchObject({ code: 'bad-options' })
  const [counting, silent] = [{ ...shiftTrainer, countExamples: () => 9 }, shiftTrainer]
  const first = new FederatedClient({ ...options, trainer: counting, conditions: { minExamples: 5 } })
  await expect(first.join()).rejects.toMatchObject({ code: 'no-consent' })
  await expect(first.another({ task: 'curve', trainer: silent }).join()).rejects.toMatchObject({
    code: 'bad-options',
  })
  expect(await new FederatedClient(options).usage()).toBe(undefined)
  expect(await new FederatedClient({ ...options, conditions: {} }).usage()).toMatchObject({
    today: { rounds: 0 },
    month: { down: 0, up: 0 },
    objections: [],
  })
})
