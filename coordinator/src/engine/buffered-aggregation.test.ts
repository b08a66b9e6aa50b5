import { loadCohortKernels, plainCohortKernels } from '@tributary/protocols/cohort-kernels'
import { TaskFile, type TaskFileInput } from '@tributary/protocols/task'
import { describe, expect, test } from 'vitest'
import { aTask } from '../adapters/contracts/arrange.ts'
import { anAggregation, type Upload } from './aggregation.builders.ts'

const ELEMENTS = 6
const delta = (seed: number) =>
  Float32Array.from({ length: ELEMENTS }, (_, i) => Math.sin(seed * 11 + i) / (1 + seed))
const arrived: (Upload & { behind: number })[] = [
  { client: 1, delta: delta(1), examples: 3, behind: 0, metrics: { steps: 4 } },
  { client: 2, delta: delta(2), examples: 10, behind: 2, metrics: { steps: 2 } },
  { client: 3, delta: delta(3), examples: 7, behind: 5, metrics: { steps: 9 } },
]

const taskWith = (wishes: Partial<TaskFileInput>) => {
  const { file, ...task } = aTask('digits')
  return {
    ...task,
    file: TaskFile.parse({
      ...file,
      model: { ...file.model, tensors: [{ name: 'w', shape: [ELEMENTS], dtype: 'F32' }] },
      ...wishes,
    }),
  }
}
const buffered = (staleness: object) =>
  ({ kind: 'buffered', concurrency: 9, staleness }) as TaskFileInput['mode']

const PAPER = (behind: number) => 1 / Math.sqrt(1 + behind)

const made = async (uploads: Upload[], wishes: Partial<TaskFileInput>) => {
  const world = await anAggregation(uploads, { of: taskWith(wishes), version: 6, abandoned: 1 })
  return world.weightsMade()
}

/** What a cohort of one base would have made, had it sent these updates already as old as they are. */
const weighed = (weightOf: (behind: number) => number): Upload[] =>
  arrived.map(({ behind, delta: sent, ...upload }) => {
    const weight = Math.fround(weightOf(behind))
    return { ...upload, delta: sent.map((value) => Math.fround(weight * value)) }
  })

describe('[R32] a buffered round folds each update by its age', () => {
  test.each<[string, object, (behind: number) => number]>([
    ['as the paper does', { kind: 'polynomial' }, PAPER],
    ['in full', { kind: 'constant' }, () => 1],
    [
      'in full, up to some age',
      { kind: 'hinge', until: 2, slope: 3 },
      (n) => (n <= 2 ? 1 : 1 / (3 * (n - 2) + 1)),
    ],
  ])('%s', async (_, staleness, weightOf) => {
    expect(await made(arrived, { mode: buffered(staleness) })).toEqual(await made(weighed(weightOf), {}))
  })

  test.each<NonNullable<TaskFileInput['strategy']>>([
    { name: 'fedavgm' },
    { name: 'fedadagrad' },
    { name: 'fedadam' },
    { name: 'fedyogi' },
    { name: 'fednova' },
    { name: 'norm-bounding' },
  ])('whatever strategy folds them: $name', async (strategy) => {
    const mode = buffered({ kind: 'polynomial' })
    expect(await made(arrived, { mode, strategy })).toEqual(await made(weighed(PAPER), { strategy }))
  })

  test('the same on either kernels, in whatever order they came', async () => {
    const of = taskWith({ mode: buffered({ kind: 'polynomial' }) })
    const [one, other] = await Promise.all(
      [await loadCohortKernels(), plainCohortKernels].map(async (kernels, i) => {
        const uploads = i === 0 ? arrived : arrived.toReversed()
        return (await anAggregation(uploads, { of, version: 6, abandoned: 1, kernels })).weightsMade()
      }),
    )
    expect(one).toEqual(other)
  })

  test('and is abandoned where the key of an earlier round is gone', async () => {
    const of = taskWith({ mode: buffered({ kind: 'polynomial' }) })
    const world = await anAggregation(arrived, { of, version: 6, abandoned: 1 })
    const earlier = (await world.store.rounds.list(of.id, { limit: 9 })).find(({ id }) => id !== world.round)
    if (!earlier) throw new Error('there is a round before')
    await world.roundKeys.destroy(earlier.id)
    expect(await world.run()).toMatchObject({
      kind: 'refused',
      reason: 'aggregation-failed',
      detail: expect.stringContaining(`the key of round ${earlier.id} is gone`),
    })
  })
})
