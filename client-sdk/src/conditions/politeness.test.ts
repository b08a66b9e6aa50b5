import { Digest, ModelVersion, roundId, TaskId } from '@tributary/protocols'
import { virtualClock } from '@tributary/protocols/runtime'
import { expect, test } from 'vitest'
import { memoryRecordStore } from '../adapters/memory-record-store.ts'
import { shiftTrainer } from '../participation/participant.builders.ts'
import type { Bulk } from '../ports/bulk.ts'
import type { Trainer } from '../training/trainer.ts'
import { type Conditions, checkedConditions } from './conditions.ts'
import { createPoliteness } from './politeness.ts'

const digest = (name: string) => Digest.parse(`sha256:${name.repeat(64)}`)
const round = (number: number) => roundId(TaskId.parse('line'), number)

const invitation = {
  model: { version: ModelVersion.parse(1), digest: digest('a'), bytes: 10_000 },
  assignment: { digest: digest('b'), bytes: 1_000 },
}
/** The model and its assignment down, an update of the model's size and what goes with it up. */
const EXPECTED = 10_000 + 1_000 + 10_000 + 4_096

const noBulk = {} as Bulk

const polite = (conditions: Conditions, trainer: Trainer = shiftTrainer) =>
  createPoliteness({
    conditions: checkedConditions(conditions, trainer),
    told: [],
    records: memoryRecordStore(),
    bulk: noBulk,
    clock: virtualClock(Date.parse('2026-05-05T12:00:00Z')),
  })

const counting = (countExamples: () => number | Promise<number>) => ({ ...shiftTrainer, countExamples })

const unheld = { invitation, held: undefined, trainer: shiftTrainer }

test.each([
  [EXPECTED, undefined],
  [EXPECTED - 1, 'conditions'],
])('of %i bytes a month, a round that may cost as many is answered %s', async (bytesPerMonth, answer) => {
  expect(await polite({ bytesPerMonth }).objectionTo(unheld)).toBe(answer)
})

test('a model that is there costs nothing, a vector that clients carry costs as much again', async () => {
  const held = { ...unheld, held: invitation.model.digest }
  expect(await polite({ bytesPerMonth: EXPECTED - 10_000 }).objectionTo(held)).toBe(undefined)
  const carried = { since: ModelVersion.parse(1), control: { digest: digest('c'), bytes: 10_000 } }
  const carrying = { ...unheld, invitation: { ...invitation, carried } }
  expect(await polite({ bytesPerMonth: EXPECTED + 20_000 }).objectionTo(carrying)).toBe(undefined)
  expect(await polite({ bytesPerMonth: EXPECTED + 19_999 }).objectionTo(carrying)).toBe('conditions')
})

test.each([
  [20, undefined],
  [19, 'no-data'],
  [Number.NaN, 'no-data'],
])('of 20 examples wanted, a trainer that counts %d is answered %s', async (count, answer) => {
  const { objectionTo } = polite(
    { minExamples: 20 },
    counting(() => count),
  )
  expect(await objectionTo({ ...unheld, trainer: counting(() => count) })).toBe(answer)
  expect(
    await objectionTo({
      ...unheld,
      trainer: counting(async () => count),
    }),
  ).toBe(answer)
})

test('an app reads what has been used, and what stands against a further round', async () => {
  const { take, usage } = polite({ roundsPerDay: 1 })
  expect(await take(round(1))).toBe(undefined)
  expect(await take(round(2))).toBe('conditions')
  expect(await usage()).toMatchObject({
    today: { rounds: 1 },
    month: { down: 0, up: 0 },
    objections: [{ detail: 'this device has taken part in 1 round today, and may in 1 a day' }],
  })
})
