import { describe, expect, test } from 'vitest'
import { mistakesOf } from '../rest/mistakes.ts'
import { assignmentOf, decodeAssignment, encodeAssignment } from './assignment.ts'
import { MOST_FROZEN_BYTES } from './frozen.ts'
import { ModelSpec } from './model.ts'
import { manifestOf } from './plain-model.ts'
import { TaskFile } from './task-file.ts'
import { updateManifestOf } from './update-manifest.ts'

const DIGEST = `sha256:${'0'.repeat(64)}`
const tensor = (name: string, shape = [2]) => ({ name, shape, dtype: 'F32' })

const aModel = (frozen?: unknown) => ({
  format: 'custom',
  trainer: 'any',
  tensors: [tensor('head/kernel', [2, 3]), tensor('head/bias', [3])],
  initial: { kind: 'seeded', seed: 1 },
  ...(frozen !== undefined && { frozen }),
})
const part = (tensors = [tensor('base/kernel', [4, 2])], bytes = 100) => ({
  weights: { digest: DIGEST, bytes },
  tensors,
})

const mistakes = (frozen: unknown) => {
  const { error } = ModelSpec.safeParse(aModel(frozen))
  return error ? mistakesOf(error).map(({ path, message }) => `${path}: ${message}`) : []
}

describe('[T18] frozen tensors', () => {
  test('are in no version and no update: those have the trained tensors alone', () => {
    const model = ModelSpec.parse(aModel(part()))
    expect(manifestOf(model).map(({ name }) => name)).toEqual(['head/kernel', 'head/bias'])
    expect(updateManifestOf({ model, strategy: { name: 'scaffold' } }).map(({ name }) => name)).toEqual([
      'head/kernel',
      'head/bias',
      'control.head/kernel',
      'control.head/bias',
    ])
  })

  test('are told to clients by their digest, and of a model without any nothing is told', () => {
    const file = (frozen?: unknown) =>
      TaskFile.parse({
        id: 'head',
        model: aModel(frozen),
        plan: {
          epochs: 1,
          batchSize: 1,
          optimizer: { name: 'sgd', learningRate: 1 },
          loss: 'mean-squared-error',
        },
        cohort: { target: 2, quorum: 2 },
      })
    const told = decodeAssignment(encodeAssignment(assignmentOf(file(part()))))
    expect(told.model.frozen).toEqual(part())
    expect(new TextDecoder().decode(encodeAssignment(assignmentOf(file())))).not.toContain('frozen')
  })

  test.each([
    [
      'a name twice',
      part([tensor('base/w'), tensor('base/w')]),
      'frozen.tensors[1].name: two tensors are named',
    ],
    ['a trained tensor', part([tensor('head/bias')]), 'frozen.tensors[0].name: head/bias is among'],
    ['a part of a layer', part([tensor('head/gamma')]), 'frozen.tensors[0].name: the layer head has trained'],
    ['no tensor', part([]), 'frozen.tensors: '],
    [
      'whole numbers',
      part([{ ...tensor('base/w'), dtype: 'I32' }]),
      'frozen.tensors[0].dtype: a model’s tensors',
    ],
    ['more than is held in memory', part(undefined, MOST_FROZEN_BYTES + 1), 'frozen.weights.bytes: '],
    ['no digest', { ...part(), weights: { digest: 'abc', bytes: 1 } }, 'frozen.weights.digest: '],
    [
      'more elements than a model has',
      part([tensor('base/w', [2 ** 30])]),
      'frozen.tensors: the model holds',
    ],
  ])('with %s are refused at their place', (_, frozen, beginning) => {
    const [first] = mistakes(frozen)
    expect(first?.startsWith(beginning)).toBe(true)
  })
})
