import { RoundId, TaskId } from '@tributary/protocols'
import { expect, test } from 'vitest'
import { type Following, followed, spanOf, trained } from './participation-span.ts'

const round = RoundId.parse('digits.3')
const task = TaskId.parse('digits')
const working = (is: 'invited' | 'fetching' | 'training' | 'submitting' | 'unmasking', online = true) =>
  ({ is, round, online }) as const
const ended = (following: Following, at: number) => spanOf(following, { task, client: 'c-1', at })
const partsOf = (following: Following, at: number) =>
  ended(following, at).parts.map(({ name, startedAt, endedAt }) => [name, startedAt, endedAt])

test('each state is a part that ends where the next begins, and sealing begins where training is done', () => {
  let following = followed(undefined, working('invited'), 10)
  following = followed(following, working('fetching'), 20)
  following = followed(following, working('fetching', false), 25)
  following = followed(following, working('training'), 30)
  following = trained(following, 70)
  following = followed(following, working('training', false), 75)
  following = followed(following, working('submitting'), 80)
  following = followed(following, working('unmasking'), 90)
  expect(partsOf(following, 95)).toEqual([
    ['decide', 10, 20],
    ['download', 20, 30],
    ['train', 30, 70],
    ['seal', 70, 80],
    ['upload', 80, 90],
    ['unmask', 90, 95],
  ])
  expect(ended(following, 95)).toMatchObject({
    name: 'participation',
    startedAt: 10,
    endedAt: 95,
    attributes: { 'tributary.task': 'digits', 'tributary.round': 'digits.3', 'tributary.outcome': 'left' },
  })
})

test('a failure says its reason word', () => {
  const following = {
    ...followed(undefined, working('training'), 10),
    outcome: 'failed',
    reason: 'diverged',
  } as const
  expect(ended(following, 20)).toMatchObject({
    error: 'diverged',
    attributes: { 'tributary.reason': 'diverged' },
  })
})

test('another round is another span, and nothing ends before it begins', () => {
  const first = followed(undefined, working('training'), 10)
  const next = followed(first, { ...working('invited'), round: RoundId.parse('digits.4') }, 20)
  expect(next).toMatchObject({ round: 'digits.4', parts: [{ name: 'decide', startedAt: 20 }] })
  expect(partsOf(first, 5)).toEqual([['train', 10, 10]])
})
