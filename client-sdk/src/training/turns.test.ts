import { describe, expect, test } from 'vitest'
import { createCompactTrainer } from './compact/compact-trainer.ts'
import { aJob, aPlan, clusters, denseModel } from './tfjs-trainer.builders.ts'
import { createTfjsTrainer } from './tfjs-trainer.ts'
import { createTurns } from './turns.ts'

const examples = clusters({ count: 300, width: 8, classes: 3 })
const job = () => aJob({ model: denseModel([8, 16, 3]), plan: aPlan({ epochs: 4 }) })
const BATCHES = 120

/** Turns that everything else has while this goes on. */
const turnsDuring = async (work: () => Promise<unknown>): Promise<number> => {
  let turns = 0
  let over = false
  const others = () => {
    turns++
    if (!over) setImmediate(others)
  }
  setImmediate(others)
  await work().finally(() => {
    over = true
  })
  return turns
}

const trainers = {
  tfjs: (sliceMs?: number) =>
    createTfjsTrainer({
      examples,
      backend: { prefer: ['cpu'], log: () => undefined },
      ...(sliceMs !== undefined && { sliceMs }),
    }),
  compact: (sliceMs?: number) =>
    createCompactTrainer({ examples, ...(sliceMs !== undefined && { sliceMs }) }),
}

describe.each(['tfjs', 'compact'] as const)('the %s trainer', (name) => {
  test('gives way after every batch, by time, or not at all, as it is told', async () => {
    const trainer = trainers[name](0)
    await trainer.train(job()) // loads what it needs
    expect(await turnsDuring(() => trainer.train(job()))).toBeGreaterThanOrEqual(BATCHES)
    const inOneGo = trainers[name](Number.POSITIVE_INFINITY)
    await inOneGo.train(job())
    expect(await turnsDuring(() => inOneGo.train(job()))).toBeLessThan(5)
    const sliced = trainers[name]()
    await sliced.train(job())
    const startedAt = performance.now()
    const turns = await turnsDuring(() => sliced.train(job()))
    expect(turns).toBeLessThanOrEqual((performance.now() - startedAt) / 8 + 2)
  })

  test('refuses slices that are none', () => {
    for (const sliceMs of [-1, Number.NaN])
      expect(() => trainers[name](sliceMs)).toThrow(expect.objectContaining({ code: 'bad-options' }))
  })

  test('judges and predicts in slices too', async () => {
    const many = clusters({ count: 3_000, width: 8, classes: 3 })
    const { assignment, weights } = job()
    const judge =
      name === 'tfjs'
        ? createTfjsTrainer({
            examples: many,
            sliceMs: 0,
            backend: { prefer: ['cpu'], log: () => undefined },
          })
        : createCompactTrainer({ examples: many, sliceMs: 0 })
    await judge.evaluate({ assignment, weights })
    expect(await turnsDuring(() => judge.evaluate({ assignment, weights }))).toBeGreaterThan(5)
    expect(await turnsDuring(() => judge.predict({ assignment, weights }, many.inputs))).toBeGreaterThan(5)
  })
})

test('a slice begins when the turn is over', async () => {
  const turns = createTurns({ sliceMs: 5 })
  expect(turns.due()).toBe(false)
  const startedAt = performance.now()
  while (performance.now() - startedAt < 6);
  expect(turns.due()).toBe(true)
  await turns.take()
  expect(turns.due()).toBe(false)
  turns.end()
})
