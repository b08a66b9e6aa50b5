import { compactModel } from '@tributary/client-sdk/compact'
import { seededRandom } from '@tributary/protocols/runtime'
import { Plan } from '@tributary/protocols/task'
import { tensorSpans, totalElements } from '@tributary/protocols/tensors'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadDataset } from '../datasets/index.ts'
import { normalizedLayers } from '../models/model-specs.ts'
import { fineTuning } from './fine-tuning.ts'
import { holdOut } from './hold-out.ts'
import type { ScenarioPersonalization } from './personalization.ts'
import type { Checkpoint, SeedNeeds } from './run-seed.ts'
import { PLAN, runScenario, smallScenario } from './scenario.builders.ts'
import { parseScenario, type ScenarioInput, taskOfScenario } from './scenario.ts'

const small = smallScenario({
  partition: { kind: 'natural' },
  cohort: { target: 6, quorum: 6, overSelection: 1 },
  holdOut: 0.25,
})
const dataset = await loadDataset(parseScenario(small).dataset)

const run = (
  personalization: ScenarioPersonalization | undefined,
  threads = 2,
  changes: Partial<ScenarioInput> = {},
  legs: Pick<SeedNeeds, 'keep' | 'from'> = {},
) =>
  runScenario(
    { ...small, ...(personalization && { personalization }), ...changes },
    { dataset, threads, ...legs },
  )

describe('rows that clients hold out', () => {
  test('are so many of each client’s, by chance, and train nobody; a client is left a row at least', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(
        sizes,
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        fc.integer(),
        (lengths, share, seed) => {
          let next = 0
          const whole = lengths.map((length) => Uint32Array.from({ length }, () => next++))
          const { parts, held } = holdOut(whole, share, seededRandom(seed))
          expect(holdOut(whole, share, seededRandom(seed))).toEqual({ parts, held })
          for (const [client, rows] of whole.entries()) {
            const [mine, out] = [[...(parts[client] ?? [])], [...(held[client] ?? [])]]
            expect([...mine, ...out].sort((a, b) => a - b)).toEqual([...rows])
            expect(out.length).toBe(Math.min(Math.floor(rows.length * share), Math.max(0, rows.length - 1)))
          }
        },
      ),
    )
  })

  test('are others of one client than of another, and others from another seed', () => {
    const whole = [0, 1].map(() => Uint32Array.from({ length: 100 }, (_, row) => row))
    const [one, other] = holdOut(whole, 0.2, seededRandom(1)).held
    expect(one).not.toEqual(other)
    expect(holdOut(whole, 0.2, seededRandom(2)).held[0]).not.toEqual(one)
  })
})

describe('fine-tuning', () => {
  const model = normalizedLayers(5, [4, 3], { outputs: 2, activation: 'softmax' })
  const plan = Plan.parse(PLAN)
  const weights = Float32Array.from({ length: totalElements(model.tensors) }, (_, i) => 0.1 + (i % 7) / 10)

  test('leaves every weight but those of the layers named, and the statistics of batches, as it was', async () => {
    const tuning = fineTuning({ model, plan }, { kind: 'fine-tune', layers: ['norm_2', 'last'], epochs: 2 })
    expect(tuning.back(tuning.into(weights))).toEqual(weights)
    const compact = await compactModel(tuning.assignment)
    const inputs = Float32Array.from({ length: 20 * 5 }, (_, i) => Math.sin(i))
    const targets = Uint8Array.from({ length: 20 }, (_, i) => i % 2)
    const trained = compact.train({
      weights: tuning.into(weights),
      examples: { inputs, targets },
      plan: tuning.assignment.plan,
      seed: 1,
    })
    const after = tuning.back(trained.weights)
    const moved = tensorSpans(model.tensors).flatMap(({ name, start, end }) =>
      after.subarray(start, end).some((value, i) => value !== weights[start + i]) ? [name] : [],
    )
    expect(moved.filter((name) => !name.includes('moving_'))).toEqual([
      'norm_2/gamma',
      'norm_2/beta',
      'dense_3/kernel',
      'dense_3/bias',
    ])
    const plain = await compactModel({ model, plan })
    expect(compact.predict({ weights: tuning.into(weights), inputs })).toEqual(
      plain.predict({ weights, inputs }),
    )
  })

  test('goes by a rate and epochs of its own', () => {
    const { assignment } = fineTuning({ model, plan }, { kind: 'fine-tune', epochs: 7, learningRate: 0.5 })
    expect(assignment.model).toBe(model)
    expect(assignment.plan).toMatchObject({ epochs: 7, optimizer: { name: 'sgd', learningRate: 0.5 } })
  })
})

describe('models of the clients’ own', () => {
  test.each<[string, ScenarioPersonalization]>([
    ['heads', { kind: 'local-layers', layers: ['last'] }],
    ['Ditto', { kind: 'ditto', lambda: 0.1 }],
    ['fine-tuning', { kind: 'fine-tune', layers: ['last'], epochs: 2 }],
  ])(
    'by %s are judged by the rows that each held out, the same on one thread and on two',
    async (_, personalization) => {
      const [one, two] = [await run(personalization, 1), await run(personalization, 2)]
      expect(two.personal).toEqual(one.personal)
      expect(one.personal).toHaveLength(14)
      const took = new Set(
        one.rounds.flatMap((round) => (round.outcome === 'completed' ? round.participants : [])),
      )
      for (const { examples, trained, own, shared } of one.personal) {
        expect(examples).toBe(Math.floor((examples + trained) / 4))
        expect(shared === undefined).toBe(personalization.kind === 'local-layers')
        if (personalization.kind === 'fine-tune') expect(own).toBeDefined()
      }
      if (personalization.kind !== 'fine-tune')
        expect(one.personal.filter(({ own }) => own)).toHaveLength(took.size)
    },
    60_000,
  )

  test('are the same where a run was broken off, and went on from what was kept', async () => {
    const heads = { kind: 'local-layers' as const, layers: ['last'] }
    const kept: Checkpoint[] = []
    const keep = (checkpoint: Checkpoint) =>
      void kept.push({
        ...checkpoint,
        clients: new Map([...checkpoint.clients].map(([at, of]) => [at, new Map(of)])),
      })
    const whole = await run(heads, 2, { checkpointEvery: 1 }, { keep })
    const [from] = kept
    if (!from) throw new Error('something is kept')
    expect((await run(heads, 2, { checkpointEvery: 1 }, { from })).personal).toEqual(whole.personal)
  }, 60_000)

  test('by FedBN have normalization that is not sent; where nothing is a client’s own there is the shared one alone', async () => {
    const plain = await run(undefined)
    expect(plain.personal.every(({ own, shared }) => own === undefined && shared !== undefined)).toBe(true)
    const model = { kind: 'dense' as const, hidden: [12], normalized: true }
    const fedbn = await run({ kind: 'fedbn' }, 2, { model })
    const shared = await run(undefined, 2, { model })
    expect(fedbn.rounds.at(-1)?.bytesUp).toBeLessThan(shared.rounds.at(-1)?.bytesUp ?? 0)
    expect(fedbn.personal.some(({ own }) => own)).toBe(true)
  }, 60_000)
})

describe('a personalization that cannot be', () => {
  test('is told with its path before work begins', () => {
    const { holdOut: _, ...without } = small
    expect(() => parseScenario({ ...without, personalization: { kind: 'fedbn' } })).toThrow(
      /holdOut: .*such as 0.2/,
    )
    const made = (personalization: ScenarioPersonalization) =>
      taskOfScenario(parseScenario({ ...small, personalization }), dataset, 1)
    expect(() => made({ kind: 'fedbn' })).toThrow(/personalization.kind: /)
    expect(() => made({ kind: 'fine-tune', layers: ['head'], epochs: 1 })).toThrow(
      /personalization.layers: the model has no layer head/,
    )
    expect(() => made({ kind: 'local-layers', layers: ['head'] })).toThrow(/personalization.layers\[0\]: /)
  })
})
