import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { totalElements } from '../tensors/index.ts'
import { Assignment, assignmentOf, decodeAssignment, encodeAssignment } from './assignment.ts'
import { ModelSpec } from './model.ts'
import { cutOf, travelling } from './personal-layers.ts'
import type { Personalization } from './personalization.ts'
import { manifestOf } from './plain-model.ts'
import { TaskFile, type TaskFileInput } from './task-file.ts'
import { updateManifestOf } from './update-manifest.ts'

const NETWORK = [
  'dense_1/kernel',
  'dense_1/bias',
  'norm_1/gamma',
  'norm_1/beta',
  'dense_2/kernel',
  'dense_2/bias',
  'norm_1/moving_mean',
  'norm_1/moving_variance',
]

const modelOf = (names: readonly string[], shapeOf = (i: number) => [i + 1]): ModelSpec =>
  ModelSpec.parse({
    format: 'custom',
    trainer: 'any',
    tensors: names.map((name, i) => ({ name, shape: shapeOf(i), dtype: 'F32' })),
    initial: { kind: 'seeded', seed: 1 },
  })

const aFile = (fields: Partial<TaskFileInput> = {}) => ({
  id: 'digits',
  model: modelOf(NETWORK),
  plan: {
    epochs: 1,
    batchSize: 10,
    optimizer: { name: 'sgd', learningRate: 0.1 },
    loss: 'softmax-cross-entropy',
  },
  cohort: { target: 2, quorum: 2 },
  ...fields,
})

const mistakesIn = (fields: Partial<TaskFileInput>) =>
  TaskFile.safeParse(aFile(fields)).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)

const travellers = (personalization: Personalization, names = NETWORK): string[] =>
  manifestOf(travelling({ model: modelOf(names), personalization }).model).map(({ name }) => name)

const ownOf = (personalization: Personalization, names = NETWORK): string[] => {
  const sent = travellers(personalization, names)
  return names.filter((name) => !sent.includes(name))
}

describe('[T14] tensors that are each client’s own', () => {
  test('are those of the layers named, of the last one, or of batch normalization', () => {
    expect(ownOf({ kind: 'local-layers', layers: ['dense_1'] })).toEqual(['dense_1/kernel', 'dense_1/bias'])
    expect(ownOf({ kind: 'local-layers', layers: ['last'] })).toEqual(['dense_2/kernel', 'dense_2/bias'])
    expect(ownOf({ kind: 'fedbn' })).toEqual(NETWORK.filter((name) => name.startsWith('norm_1/')))
    expect(ownOf({ kind: 'ditto', lambda: 1 })).toEqual([])
  })

  test('are told by names alone: a layer called last, tensors of no layer, layers within layers', () => {
    const layers = ['last']
    expect(ownOf({ kind: 'local-layers', layers }, ['last/w', 'end/w'])).toEqual(['last/w'])
    expect(ownOf({ kind: 'local-layers', layers }, ['w', 'b'])).toEqual(['b'])
    const nested = ['body/a/w', 'body/b/w', 'body/b/b']
    expect(ownOf({ kind: 'local-layers', layers }, nested)).toEqual(['body/b/w', 'body/b/b'])
    expect(ownOf({ kind: 'local-layers', layers: ['body/a'] }, nested)).toEqual(['body/a/w'])
  })

  test('of any model and any layers: the two parts put together are the whole, and apart they have nothing twice', () => {
    const someLayers = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 2 })
    const cases = someLayers.chain((layers) =>
      fc.record({
        names: fc.shuffledSubarray(
          layers.flatMap((layer) => [`${layer}/kernel`, `${layer}/bias`]),
          { minLength: 2 },
        ),
        own: fc.subarray(layers, { minLength: 1 }),
      }),
    )
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 5 }), ({ names, own }, size) => {
        const model = modelOf(names, (i) => [size, i + 1])
        const personalization = { kind: 'local-layers' as const, layers: own }
        const cut = cutOf({ model, personalization })
        const flat = Float32Array.from({ length: totalElements(manifestOf(model)) }, (_, i) => i + 0.5)
        const parts = { shared: cut.shared(flat), own: cut.own(flat) }
        expect(parts.own.length).toBe(cut.ownElements)
        expect([...parts.shared, ...parts.own].sort((a, b) => a - b)).toEqual([...flat])
        expect(cut.joined(parts)).toEqual(flat)
        const sent = names.filter((name) => !own.some((layer) => name.startsWith(layer)))
        expect(travelling({ model, personalization }).model.tensors.map(({ name }) => name)).toEqual(sent)
      }),
    )
  })

  test('parts of other lengths are not put together', () => {
    const cut = cutOf({
      model: modelOf(['a/w', 'b/w']),
      personalization: { kind: 'local-layers', layers: ['a'] },
    })
    const [shared, own] = [new Float32Array(2), new Float32Array(1)]
    expect(cut.joined({ shared, own })).toHaveLength(3)
    expect(() => cut.joined({ shared: own, own: shared })).toThrow(/1 and 2 values for parts of 2 and 1/)
  })
})

describe('[T15] an update', () => {
  test('has the tensors that travel, and their order is that of the model', () => {
    const file = TaskFile.parse(aFile({ personalization: { kind: 'fedbn' } }))
    expect(updateManifestOf(travelling(file)).map(({ name }) => name)).toEqual([
      'dense_1/kernel',
      'dense_1/bias',
      'dense_2/kernel',
      'dense_2/bias',
    ])
    const plain = TaskFile.parse(aFile())
    expect(travelling(plain)).toBe(plain)
  })

  test('and the assignment says so, behind everything else', () => {
    const personalization = { kind: 'ditto', lambda: 0.1, epochs: 2 } as const
    const assignment = assignmentOf(TaskFile.parse(aFile({ personalization })))
    expect(assignment).toMatchObject({ personalization })
    const encoded = encodeAssignment(assignment)
    expect(new TextDecoder().decode(encoded)).toMatch(
      /"personalization":\{"kind":"ditto","lambda":0.1,"epochs":2\}\}$/,
    )
    expect(decodeAssignment(encoded)).toEqual(assignment)
    expect(() => Assignment.parse({ ...assignment, personalization: { kind: 'mine' } })).toThrow(/kind/)
  })
})

describe('a personalization that cannot be', () => {
  test.each([
    [
      'of a layer that is not there',
      { kind: 'local-layers', layers: ['dense_1', 'head'] },
      /^personalization.layers.1: .*layer head: name some of dense_1, norm_1, dense_2, or last$/,
    ],
    [
      'that leaves nothing',
      { kind: 'local-layers', layers: ['dense_1', 'norm_1', 'dense_2'] },
      /^personalization.layers: .*leave out a layer$/,
    ],
    ['of steps that overshoot', { kind: 'ditto', lambda: 21 }, /^personalization.lambda: .*at most 20$/],
    ['of no layers', { kind: 'local-layers', layers: [] }, /^personalization.layers: /],
    ['of a negative pull', { kind: 'ditto', lambda: -1 }, /^personalization.lambda: /],
    ['of no known kind', { kind: 'mine' }, /^personalization.kind: /],
  ])('%s is refused with its path and what would do', (_, personalization, expected) => {
    const mistakes = mistakesIn({ personalization: personalization as Personalization })
    expect(mistakes).toEqual([expect.stringMatching(expected)])
  })

  test('without batch normalization there is nothing for FedBN', () => {
    const model = modelOf(['a/w', 'b/w'])
    expect(mistakesIn({ model, personalization: { kind: 'fedbn' } })).toEqual([
      expect.stringMatching(/^personalization.kind: .*choose local-layers$/),
    ])
  })
})
