import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type Checkpoint, parseScenario } from '../scenarios/index.ts'
import { readCheckpoint, removeCheckpoint, writeCheckpoint } from './checkpoint-file.ts'
import { FolderError } from './folder-error.ts'
import { aPlace, SMALL } from './simulate.builders.ts'

const place = await aPlace()
afterAll(() => place.remove())
const file = join(place.folder, 'checkpoint')
const scenario = parseScenario(SMALL)

const checkpoint: Checkpoint = {
  legs: 2,
  at: 1_767_225_600_123.25,
  seconds: 4.5,
  traffic: { up: 7, down: 0 },
  rounds: [
    {
      round: 1,
      outcome: 'completed',
      version: 2,
      cohort: 3,
      received: 3,
      declined: 0,
      failed: 0,
      virtualSeconds: 0.5,
      seconds: 0.25,
      bytesUp: 10,
      bytesDown: 20,
      examples: 30,
      loss: Number.NaN,
      accuracy: 0.5,
      metrics: { loss: 1 },
      participants: ['c00000'],
    },
  ],
  tables: Uint8Array.of(1, 10, 3),
  blobs: [Uint8Array.of(10), new Uint8Array()],
  clients: new Map([
    [5, new Map([['variate small', Uint8Array.of(1, 2)]])],
    [
      0,
      new Map([
        ['participation small', Uint8Array.of(9)],
        ['variate small', Uint8Array.of(10, 10)],
      ]),
    ],
  ]),
}

test('what is written is read again, whatever clients keep and however a loss ended', async () => {
  expect(await readCheckpoint(file, { scenario, seed: 1 })).toBeUndefined()
  await writeCheckpoint(file, { scenario, seed: 1 }, { ...checkpoint, legs: 1 })
  await writeCheckpoint(file, { scenario, seed: 1 }, checkpoint)
  expect(await readCheckpoint(file, { scenario, seed: 1 })).toEqual(checkpoint)
  await removeCheckpoint(file)
  expect(await readCheckpoint(file, { scenario, seed: 1 })).toBeUndefined()
})

test('one of a scenario that has changed since is refused with the field; a title and more seeds change nothing', async () => {
  await writeCheckpoint(file, { scenario, seed: 1 }, checkpoint)
  const renamed = { ...scenario, title: 'another', seeds: [1, 2] }
  expect(await readCheckpoint(file, { scenario: renamed, seed: 1 })).toEqual(checkpoint)
  const changed = { ...scenario, rounds: 9, evaluateEvery: 3 }
  await expect(readCheckpoint(file, { scenario: changed, seed: 1 })).rejects.toThrow(
    /rounds \(5 → 9\), evaluateEvery \(1 → 3\)/,
  )
})

test.each([
  ['no head', ''],
  ['a head that is no JSON', 'legs: 1\n'],
  ['fewer bytes than its head lists', undefined],
])('one with %s is refused as what it is, though its sum is right', async (_, text) => {
  await writeCheckpoint(file, { scenario, seed: 1 }, checkpoint)
  const whole = await readFile(file)
  const content = text === undefined ? whole.subarray(whole.indexOf('\n') + 1, -1) : Buffer.from(text)
  const sum = createHash('sha256').update(content).digest('hex')
  await writeFile(file, Buffer.concat([Buffer.from(`tributary checkpoint 1 ${sum}\n`), content]))
  await expect(readCheckpoint(file, { scenario, seed: 1 })).rejects.toThrow(FolderError)
})
