import { expect, test } from 'vitest'
import * as z from 'zod'
import { TaskFile } from '../task/index.ts'
import { mistakesOf } from './index.ts'

const mistakesIn = (schema: z.core.$ZodType, value: unknown) => {
  const { error } = z.safeParse(schema, value)
  return error ? mistakesOf(error) : []
}

test('every mistake of a task file is listed, each at its path', () => {
  const file = {
    id: 'Digits',
    model: { format: 'tfjs-layer' },
    plan: { epochs: 1, batchSize: 10, optimizer: { name: 'sgd' }, loss: 'mean-squared-error' },
    cohort: { target: 2, quorum: 3, size: 9 },
    colour: 'blue',
  }

  expect(mistakesIn(TaskFile, file)).toEqual([
    { path: 'id', message: 'a task id is 1 to 63 of a-z, 0-9 and -, and starts with a letter or digit' },
    { path: 'model.format', message: 'must be one of tfjs-layers, custom' },
    { path: 'plan.optimizer.learningRate', message: 'is missing: give a value of type number' },
    { path: 'cohort.size', message: 'there is no such field' },
    {
      path: 'cohort.quorum',
      message: 'quorum must not exceed target: a round aggregates as soon as target is met',
    },
    { path: 'colour', message: 'there is no such field' },
  ])
})

test('a mistake inside a list names the place in the list', () => {
  const schema = z.object({ shapes: z.array(z.array(z.int().positive('must be positive'))) })

  expect(mistakesIn(schema, { shapes: [[1], [2, -1]] })).toEqual([
    { path: 'shapes[1][1]', message: 'must be positive' },
  ])
})

test('of a union without tags the closest member is explained', () => {
  const schema = z.union([
    z.object({ a: z.number(), b: z.number() }),
    z.object({ c: z.string('must be text') }),
  ])

  expect(mistakesIn(schema, { c: 1 })).toEqual([{ path: 'c', message: 'must be text' }])
})

test('paths begin under what they are found in', () => {
  const { error } = z.object({ limit: z.string('must be text') }).safeParse({ limit: 1 })

  expect(error && mistakesOf(error, ['query'])).toEqual([{ path: 'query.limit', message: 'must be text' }])
})

test('a name that would be misread in a path is quoted', () => {
  const schema = z.object({ metrics: z.record(z.string(), z.number('must be a number')) })

  expect(mistakesIn(schema, { metrics: { 'top.5': '1', 'top-1': '1' } })).toEqual([
    { path: 'metrics["top.5"]', message: 'must be a number' },
    { path: 'metrics.top-1', message: 'must be a number' },
  ])
})

test('a bound is told in words for people, unless the schema has its own', () => {
  const schema = z.object({
    name: z.string().min(1).max(4),
    long: z.string().max(4),
    uses: z.int().min(1),
    rate: z.number().positive(),
    share: z.number().lt(1),
    events: z.array(z.string()).min(2),
    own: z.int().min(1, 'a quorum is at least 1'),
  })

  expect(
    mistakesIn(schema, { name: '', long: 'abcde', uses: 0, rate: 0, share: 1, events: ['a'], own: 0 }),
  ).toEqual([
    { path: 'name', message: 'must not be empty' },
    { path: 'long', message: 'must have at most 4 characters' },
    { path: 'uses', message: 'must be at least 1' },
    { path: 'rate', message: 'must be more than 0' },
    { path: 'share', message: 'must be less than 1' },
    { path: 'events', message: 'must have at least 2 entries' },
    { path: 'own', message: 'a quorum is at least 1' },
  ])
})

test('of very many mistakes the first are told', () => {
  const much = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, 1]))
  const mistakes = mistakesIn(z.strictObject({}), much)
  expect(mistakes).toHaveLength(200)
  expect(mistakes?.[0]).toEqual({ path: 'k0', message: 'there is no such field' })
})
