/** Files as their authors published them, by the helpers that apps use. */
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createCompactTrainer } from '@tributary/client-sdk/compact'
import { fromCsv, fromText, split } from '@tributary/client-sdk/data'
import { type Assignment, inputWidth, type ModelSpec, Plan, type Signature } from '@tributary/protocols/task'
import { describe, expect, test } from 'vitest'
import { ADULT_FILES } from './adult.ts'
import { ADULT_WORDS } from './adult-words.ts'
import { CHARACTERS } from './characters.ts'
import { dataUnderTest } from './data-under-test.ts'
import { HEART_DISEASE_FILES } from './heart-disease.ts'
import { readSpeeches } from './plays.ts'
import { loadTinyShakespeare, TINY_SHAKESPEARE_FILES } from './shakespeare.ts'

const COLUMNS = [
  'age',
  'class of work',
  'final weight',
  'education',
  'years of education',
  'marital status',
  'occupation',
  'relationship',
  'race',
  'sex',
  'capital gain',
  'capital loss',
  'hours a week',
  'native country',
  'income',
]

/** Scales as UCI's documentation and common sense have them: constants of the task, not of one client's rows. */
const signature: Signature = {
  features: [
    {
      name: 'age',
      kind: 'number',
      unit: 'years',
      range: { min: 0, max: 120 },
      standard: { mean: 39, deviation: 14 },
    },
    {
      name: 'years of education',
      kind: 'number',
      range: { min: 0, max: 20 },
      standard: { mean: 10, deviation: 3 },
    },
    {
      name: 'capital gain',
      kind: 'number',
      range: { min: 0, max: 100_000 },
      standard: { mean: 1_000, deviation: 7_000 },
    },
    {
      name: 'capital loss',
      kind: 'number',
      range: { min: 0, max: 5_000 },
      standard: { mean: 90, deviation: 400 },
    },
    {
      name: 'hours a week',
      kind: 'number',
      range: { min: 0, max: 100 },
      standard: { mean: 40, deviation: 12 },
    },
    ...ADULT_WORDS.map(({ name, words }) => ({ name, kind: 'category' as const, categories: [...words] })),
  ],
  labels: { name: 'income', kind: 'classes', classes: ['<=50K', '>50K'] },
}

const linear = (width: number, classes: number, signed: Signature): ModelSpec => ({
  format: 'tfjs-layers',
  topology: {
    class_name: 'Sequential',
    config: {
      name: 'linear',
      layers: [
        {
          class_name: 'Dense',
          config: {
            name: 'dense',
            units: classes,
            activation: 'softmax',
            use_bias: true,
            batch_input_shape: [null, width],
          },
        },
      ],
    },
  },
  tensors: [
    { name: 'dense/kernel', shape: [width, classes], dtype: 'F32', initializer: 'zeros' },
    { name: 'dense/bias', shape: [classes], dtype: 'F32', initializer: 'zeros' },
  ],
  initial: { kind: 'seeded', seed: 1 },
  signature: signed,
})

const adult = dataUnderTest([ADULT_FILES.train])

describe.skipIf(!adult.present)(`Adult as it was published${adult.note}`, () => {
  const file = join(adult.folder, ADULT_FILES.train.path)
  const read = (asked = signature) => fromCsv(() => createReadStream(file), asked, { columns: COLUMNS })

  test('is learned from a file that is streamed, and judged by rows that were held out: over 84 in 100 right', async () => {
    const width = inputWidth(signature.features)
    const assignment: Assignment = {
      model: linear(width, 2, signature),
      plan: Plan.parse({
        epochs: 3,
        batchSize: 64,
        optimizer: { name: 'adam', learningRate: 0.005 },
        loss: 'softmax-cross-entropy',
      }),
    }
    const { train, heldOut } = split(read(), { heldOut: 0.2 })
    const weights = new Float32Array(2 * width + 2)
    const job = {
      assignment,
      plan: assignment.plan,
      weights,
      seed: 1,
      signal: new AbortController().signal,
      onProgress: () => {},
    }
    const judge = createCompactTrainer({ examples: heldOut })
    for (const bufferBytes of [64 * 2 ** 20, 2 ** 20]) {
      const trained = await createCompactTrainer({ examples: train, bufferBytes }).train(job)
      const judged = await judge.evaluate({ assignment, weights: trained.weights })
      process.stdout.write(
        `Adult, ${bufferBytes / 2 ** 20} MiB: ${trained.examples} rows learned, ${judged.examples} held out, ${((judged.metrics.accuracy ?? 0) * 100).toFixed(2)} % right\n`,
      )
      expect(trained.examples + judged.examples).toBe(32_561)
      expect(judged.examples / 32_561).toBeCloseTo(0.2, 1)
      expect(judged.metrics.accuracy).toBeGreaterThan(0.84)
    }
  })

  test('is refused by a task whose words are others, by column and line', async () => {
    const typed: Signature = {
      ...signature,
      labels: { name: 'income', kind: 'classes', classes: ['<=50k', '>50k'] },
    }
    await expect(
      (async () => {
        for await (const _ of read(typed));
      })(),
    ).rejects.toThrow(
      /^column "income" is none of the task’s labels "<=50k", ">50k", from one of which it differs in case.* \(lines 1, 2, 3/,
    )
  })
})

const heart = dataUnderTest([HEART_DISEASE_FILES.hungarian])

describe.skipIf(!heart.present)(`Heart disease in Budapest${heart.note}`, () => {
  const columns = [
    'age',
    'sex',
    'pain',
    'pressure',
    'cholesterol',
    'sugar',
    'ecg',
    'rate',
    'angina',
    'depression',
    'slope',
    'vessels',
    'thal',
    'diagnosis',
  ]
  const asked = (missing?: number): Signature => ({
    features: [
      { name: 'age', kind: 'number' },
      { name: 'cholesterol', kind: 'number', ...(missing !== undefined && { missing }) },
    ],
    labels: { name: 'diagnosis', kind: 'number', range: { min: 0, max: 4 } },
  })

  test('has 23 patients of 294 without cholesterol, who count as the signature says, or are told by line', async () => {
    const text = await readFile(join(heart.folder, HEART_DISEASE_FILES.hungarian.path), 'utf8')
    const read = async (signature: Signature) => {
      const values: number[] = []
      for await (const { inputs } of fromCsv(text, signature, { columns, missing: ['?'] }))
        values.push(...inputs)
      return values
    }
    const values = await read(asked(-1))
    expect(values).toHaveLength(2 * 294)
    expect(values.filter((value) => value === -1)).toHaveLength(23)
    await expect(read(asked())).rejects.toThrow(
      /^column "cholesterol" has no value.*\(lines .* and 18 more\)/,
    )
  })
})

const shakespeare = dataUnderTest(Object.values(TINY_SHAKESPEARE_FILES))

describe.skipIf(!shakespeare.present)(`Tiny Shakespeare${shakespeare.note}`, () => {
  test('has the windows that simulations train on', async () => {
    const { folder } = shakespeare
    const { train } = await loadTinyShakespeare(folder, { context: 12 })
    const text = await readFile(join(folder, TINY_SHAKESPEARE_FILES.text.path), 'utf8')
    const [speaker] = readSpeeches(text, 'text').filter(({ lines }) => lines.length >= 2)
    const lines = speaker?.lines.slice(0, Math.floor(0.8 * speaker.lines.length)) ?? []
    const vocabulary = { unit: 'character' as const, tokens: [...CHARACTERS], unknown: ' ' }
    const { features, targets } = train
    if (features.kind !== 'windows') throw new Error('Shakespeare has no windows')
    let row = 0
    for await (const batch of fromText([`${lines.join('\n')}\n`], { vocabulary, length: 12 }))
      for (let i = 0; i < batch.rows; i++, row++) {
        const start = features.starts[row] ?? 0
        expect([...batch.inputs.subarray(12 * i, 12 * i + 12)]).toEqual([
          ...features.values.subarray(start, start + 12),
        ])
        expect(batch.targets[i]).toBe(targets[row])
      }
    expect(row).toBeGreaterThan(1_000)
  })
})
