/** What the trainers are asked about, in whichever form an app has it. */
import { afterAll, describe, expect, test } from 'vitest'
import { createCompactTrainer } from './compact/compact-trainer.ts'
import type { Examples } from './examples.ts'
import { createLinearTrainer } from './linear/linear-trainer.ts'
import { aPlan, denseModel, someWeights } from './tfjs-trainer.builders.ts'
import { createTfjsEngine, createTfjsTrainer } from './tfjs-trainer.ts'

const engine = createTfjsEngine({ prefer: ['cpu'], log: () => {} })
afterAll(() => engine.dispose())

const examples: Examples = { inputs: new Float32Array(), targets: new Uint8Array() }
const model = denseModel([2, 3])
const given = { assignment: { model, plan: aPlan() }, weights: someWeights(model) }

describe.each([
  ['linear', createLinearTrainer({ examples })],
  ['compact', createCompactTrainer({ examples })],
  ['tfjs', createTfjsTrainer({ examples, engine })],
])('the %s trainer', (_, trainer) => {
  const ask = async (inputs: unknown) => trainer.predict(given, inputs as never)

  test.each<[string, unknown]>([
    ['plain numbers', [0.1, 0.2, 0.3, 0.4]],
    [
      'an array an example',
      [
        [0.1, 0.2],
        [0.3, 0.4],
      ],
    ],
    [
      'an array an example, nested',
      [
        [[0.1], [0.2]],
        [[0.3], 0.4],
      ],
    ],
    ['a typed array an example', [Float32Array.of(0.1, 0.2), Float64Array.of(0.3, 0.4)]],
    ['another typed array', Float64Array.of(0.1, 0.2, 0.3, 0.4)],
  ])('takes %s for what its row-major Float32Array would be', async (_, inputs) => {
    const expected = await ask(Float32Array.of(0.1, 0.2, 0.3, 0.4))
    expect(expected).toHaveLength(6)
    expect(await ask(inputs)).toEqual(expected)
  })

  test.each([[[]], [new Float32Array()]])('asked about nothing, says nothing: %o', async (inputs) => {
    expect(await ask(inputs)).toEqual(new Float32Array())
  })

  test.each<[unknown, string]>([
    [undefined, 'Give'],
    [null, 'Give'],
    [0.1, 'Give'],
    ['0.1,0.2', 'Give'],
    [{ 0: 0.1, 1: 0.2, length: 2 }, 'Give'],
    [new DataView(new ArrayBuffer(8)), 'Give'],
    [BigInt64Array.of(1n, 2n), 'Give'],
    [['0.1', '0.2'], 'example 1'],
    [[0.1, null], 'example 1'],
    [[[0.1, 0.2], 0.3], 'example 2'],
    [
      [
        [0.1, 0.2],
        [0.1, '0.2'],
      ],
      'example 2',
    ],
    [[[0.1, 0.2], [0.3]], 'example 2'],
    [[[0.1, 0.2, 0.3, 0.4]], 'example 1'],
    [Float32Array.of(0.1, 0.2, 0.3), '3 numbers'],
    [[0.1, 0.2, 0.3], '3 numbers'],
    [Float32Array.of(0.1, 0.2, 0.3, Number.NaN), 'example 2'],
    [[0.1, Number.POSITIVE_INFINITY], 'example 1'],
    [[[0.1, Number.NaN]], 'example 1'],
    [[0.1, 1e39], 'example 1'],
    [Array.from({ length: 2 }), 'example 1'],
  ])('refuses %o, and says what to give', async (inputs, words) => {
    await expect(ask(inputs)).rejects.toMatchObject({
      code: 'bad-examples',
      message: expect.stringContaining(words),
      remedy: expect.stringContaining('2 numbers'),
    })
  })
})
