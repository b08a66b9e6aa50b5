import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { virtualClock } from '@tributary/protocols/runtime'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { nodeCircumstances } from './node-circumstances.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'power-'))
})
afterEach(() => rm(folder, { recursive: true }))

type Supplies = Record<string, Record<string, string>>

const write = async (supplies: Supplies) => {
  for (const [name, files] of Object.entries(supplies)) {
    await mkdir(join(folder, name), { recursive: true })
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, name, file), `${text}\n`)
  }
}

const BATTERY = { type: 'Battery', scope: 'System', capacity: '80' }
const PLUG = { type: 'Mains' }

test.each<[string, Supplies, object]>([
  ['no battery at all', {}, { charging: true, battery: 1 }],
  [
    'a laptop on its plug',
    { AC: { ...PLUG, online: '1' }, BAT0: { ...BATTERY, status: 'Charging' } },
    { charging: true, battery: 0.8 },
  ],
  [
    'a laptop without it',
    { AC: { ...PLUG, online: '0' }, BAT0: { ...BATTERY, status: 'Discharging' } },
    { charging: false, battery: 0.8 },
  ],
  ['a battery that is full', { BAT0: { ...BATTERY, status: 'Full' } }, { charging: true, battery: 0.8 }],
  [
    'two batteries, of which one drains',
    {
      BAT0: { ...BATTERY, status: 'Full', capacity: '100' },
      BAT1: { ...BATTERY, status: 'Discharging', capacity: '50' },
    },
    { charging: false, battery: 0.75 },
  ],
  [
    'a mouse whose battery drains',
    {
      AC: { ...PLUG, online: '1' },
      mouse: { ...BATTERY, scope: 'Device', status: 'Discharging', capacity: '5' },
    },
    { charging: true, battery: 1 },
  ],
  ['a battery that says nothing', { BAT0: { type: 'Battery' } }, { charging: undefined, battery: undefined }],
  [
    'a battery that says what it cannot be',
    { BAT0: { ...BATTERY, status: 'Unknown', capacity: '-7' } },
    { charging: undefined, battery: undefined },
  ],
])('%s', async (_, supplies, expected) => {
  await write(supplies)
  const circumstances = await nodeCircumstances({ clock: virtualClock(), powerSupplies: folder })
  expect(circumstances.known()).toEqual(expected)
})

test('where the kernel does not tell, nothing is known', async () => {
  const circumstances = await nodeCircumstances({
    clock: virtualClock(),
    powerSupplies: join(folder, 'not-there'),
  })
  expect(circumstances.known()).toEqual({})
})

test('it is read again while somebody watches, and a change is told', async () => {
  await write({ BAT0: { ...BATTERY, status: 'Charging' } })
  const clock = virtualClock()
  const circumstances = await nodeCircumstances({ clock, powerSupplies: folder })
  expect(clock.pending()).toBe(0)
  let changes = 0
  const end = circumstances.watch(() => changes++)
  clock.advanceTo(60_000)
  await vi.waitFor(() => expect(clock.pending()).toBe(1))
  expect(changes).toBe(0)
  await write({ BAT0: { ...BATTERY, status: 'Discharging' } })
  clock.advanceTo(120_000)
  await vi.waitFor(() => expect(changes).toBe(1))
  expect(circumstances.known().charging).toBe(false)
  end()
  expect(clock.pending()).toBe(0)
})
