import { describe, expect, test } from 'vitest'
import { problemText } from '../problem-text.ts'
import { digestOf } from '../tensors/index.ts'
import { Assignment, encodeAssignment } from './assignment.ts'
import { inputShapeOf, outputWidth, Signature } from './signature.ts'
import { TaskFile } from './task-file.ts'
import { vocabularyDigest, wordsOf } from './vocabulary.ts'

const income: Signature = {
  features: [
    { name: 'age', kind: 'number', unit: 'years', range: { min: 0, max: 120 } },
    { name: 'work', kind: 'category', categories: ['state', 'own', '?'], missing: '?' },
  ],
  labels: { name: 'income', kind: 'classes', classes: ['<=50K', '>50K'] },
}
const problemsOf = (signature: unknown): string => {
  const { error } = Signature.safeParse(signature)
  return error ? problemText(error) : ''
}

describe('[T17] a signature', () => {
  test('says how many values a model takes and tells', () => {
    expect([inputShapeOf(income), outputWidth(income.labels)]).toEqual([[4], 2])
    const binary = { ...income, labels: { ...income.labels, encoding: 'binary' } } as Signature
    expect(outputWidth(binary.labels)).toBe(1)
    const image = { ...income, features: [{ name: 'digit', kind: 'image', shape: [28, 28, 1] }] } as Signature
    expect(inputShapeOf(image)).toEqual([28, 28, 1])
  })

  test.each<[string, unknown, RegExp]>([
    ['no features', { ...income, features: [] }, /^at features: /],
    [
      'a name twice',
      { ...income, features: [income.features[0], income.features[0]] },
      /two features are called age/,
    ],
    [
      'a category twice',
      { ...income, features: [{ name: 'a', kind: 'category', categories: ['x', 'x'] }] },
      /twice/,
    ],
    [
      'a range upside down',
      { ...income, features: [{ name: 'a', kind: 'number', range: { min: 2, max: 1 } }] },
      /max/,
    ],
    [
      'a missing value that is no category',
      { ...income, features: [{ name: 'a', kind: 'category', categories: ['x'], missing: 'y' }] },
      /one of the categories/,
    ],
    [
      'its label among the features',
      { ...income, labels: { ...income.labels, name: 'age' } },
      /not one of the features/,
    ],
    [
      'three classes by one output',
      { ...income, labels: { name: 'y', kind: 'classes', classes: ['a', 'b', 'c'], encoding: 'binary' } },
      /two classes/,
    ],
    [
      'an image beside a number',
      { ...income, features: [income.features[0], { name: 'i', kind: 'image', shape: [2, 2, 1] }] },
      /the only one/,
    ],
    [
      'more values than memory has',
      {
        ...income,
        features: Array.from({ length: 100 }, (_, i) => ({
          name: `${i}`,
          kind: 'category',
          categories: Array.from({ length: 16_000 }, (_, j) => `${j}`),
        })),
      },
      /more than 1048576 values/,
    ],
    [
      'more categories than are read',
      {
        ...income,
        features: [
          { name: 'a', kind: 'category', categories: Array.from({ length: 20_000 }, (_, j) => `${j}`) },
        ],
      },
      /categories/,
    ],
    ['a field that is none', { ...income, extra: 1 }, /extra/],
  ])('with %s is refused', (_, signature, message) => {
    expect(problemsOf(income)).toBe('')
    expect(problemsOf(signature)).toMatch(message)
  })

  test('is part of the assignment, which without one is what it was', () => {
    const { model, plan } = TaskFile.parse({
      id: 'income',
      model: {
        format: 'custom',
        trainer: 'linear',
        tensors: [{ name: 'w', shape: [4, 2], dtype: 'F32' }],
        initial: { kind: 'seeded', seed: 1 },
        signature: income,
      },
      plan: {
        epochs: 1,
        batchSize: 10,
        optimizer: { name: 'sgd', learningRate: 0.1 },
        loss: 'softmax-cross-entropy',
      },
      cohort: { target: 2, quorum: 1 },
    })
    const { signature, ...bare } = model
    expect(signature).toEqual(income)
    const [plain, signed] = [
      { model: bare, plan },
      { model, plan },
    ].map((assignment) => encodeAssignment(Assignment.parse(assignment)))
    expect(new TextDecoder().decode(plain)).not.toContain('signature')
    expect(digestOf(plain ?? new Uint8Array())).toBe(
      'sha256:418f565715fb256dde48a37c2888ec2eaf11c1ba6d3e11b5c3b2dd9d14fc5abe',
    )
    expect(new TextDecoder().decode(signed)).toContain('"seed":1},"signature":{"features":[{"name":"age"')
  })
})

test('a vocabulary is known by its unit, its unknown token and its tokens in order', () => {
  const letters = { unit: 'character', tokens: ['a', 'b'] } as const
  const digests = [
    letters,
    { ...letters, tokens: ['b', 'a'] },
    { ...letters, unit: 'word' } as const,
    { ...letters, unknown: 'a' },
  ].map(vocabularyDigest)
  expect(new Set(digests).size).toBe(4)
})

test('words are runs of letters, marks and digits, with apostrophes within', () => {
  expect(wordsOf("Don't  stop—the café’s N° 5, 'twas naïve!")).toEqual([
    "don't",
    'stop',
    'the',
    'café’s',
    'n',
    '5',
    'twas',
    'naïve',
  ])
})
