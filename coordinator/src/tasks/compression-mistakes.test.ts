import { TaskFile, type TaskFileInput } from '@tributary/protocols/task'
import { describe, expect, test } from 'vitest'
import { aTask } from '../adapters/contracts/arrange.ts'
import { compressionMistakes } from './compression-mistakes.ts'

type Compression = NonNullable<TaskFileInput['compression']>
type More = Partial<Pick<TaskFileInput, 'privacy' | 'strategy'>>

const mistakesOf = (compression: Compression | undefined, more: More = {}) =>
  compressionMistakes(
    aTask('digits', {
      file: { cohort: { target: 40, quorum: 30 }, ...(compression && { compression }), ...more },
    }).file,
  )

const ROTATION = { rotation: 'hadamard' } as const
const BITS = { bits: 8 } as const
const TOP: Compression = { sparsify: { kind: 'top-k', share: 0.1 } }
const RANDOM: Compression = { sparsify: { kind: 'random-k', share: 0.1 } }

const secure = { mode: 'secure-aggregation', audience: 'demo' } as const
const noise = {
  budget: { epsilon: 8, delta: 1e-5 },
  participation: { most: 3 },
  noiseMultiplier: 2,
  clipping: { kind: 'fixed', clipNorm: 1 },
} as const
const noised = (mechanism: 'central' | 'local') =>
  ({ mode: 'sealed', differentialPrivacy: { mechanism, ...noise } }) as const
const ftrl = {
  mode: 'sealed',
  differentialPrivacy: { mechanism: 'dp-ftrl', ...noise, roundsOfTree: 4 },
} as const
const distributed = { ...secure, differentialPrivacy: { mechanism: 'distributed', ...noise } } as const

describe('a task whose updates are compressed', () => {
  test.each<[string, Compression | undefined, More]>([
    ['not at all', undefined, {}],
    ['to levels', BITS, {}],
    ['to levels of rotated values', { ...ROTATION, ...BITS }, {}],
    ['to a few of all values', RANDOM, {}],
    ['to a few of rotated values in levels', { ...ROTATION, ...RANDOM, ...BITS }, {}],
    ['to its largest values in levels', { ...TOP, ...BITS }, {}],
    ['to a few under masks', RANDOM, { privacy: secure }],
    ['rotated under masks, for a narrower range', ROTATION, { privacy: secure }],
    ['to a few under masks and noise', RANDOM, { privacy: distributed }],
    ['to a few rotated under masks and noise', { ...ROTATION, ...RANDOM }, { privacy: distributed }],
    ['to levels under noise of the coordinator’s', BITS, { privacy: noised('central') }],
    [
      'to a few as they are under noise of the coordinator’s',
      { sparsify: { kind: 'random-k', share: 0.1, rescale: false } },
      { privacy: ftrl },
    ],
    ['to a few under noise of each client’s', { ...RANDOM, ...BITS }, { privacy: noised('local') }],
    ['to levels, for a rule that looks at each', BITS, { strategy: { name: 'krum', byzantine: 3 } }],
    ['to a few, for a rule that looks at each', RANDOM, { strategy: { name: 'median' } }],
  ])('%s is made', (_, compression, more) => {
    expect(mistakesOf(compression, more)).toEqual([])
  })

  test.each<[string, Compression, More, string, RegExp]>([
    ['by nothing', {}, {}, 'compression', /names no stage: give/],
    ['by turning alone', ROTATION, {}, 'compression.rotation', /give bits or sparsify too/],
    [
      'by turning alone what noise turns anyway',
      ROTATION,
      { privacy: distributed },
      'compression.rotation',
      /leave rotation out/,
    ],
    ['to the largest of rotated values', { ...ROTATION, ...TOP }, {}, 'compression.rotation', /leave one/],
    ['to levels under masks', BITS, { privacy: secure }, 'compression.bits', /set privacy.bits to 14 /],
    ['to the largest under masks', TOP, { privacy: secure }, 'compression.sparsify.kind', /choose random-k/],
    ...[noised('central'), noised('local'), ftrl].map(
      (privacy): [string, Compression, More, string, RegExp] => [
        `to the largest under ${privacy.differentialPrivacy.mechanism} noise`,
        TOP,
        { privacy },
        'compression.sparsify.kind',
        new RegExp(`under ${privacy.differentialPrivacy.mechanism} noise choose bits`),
      ],
    ),
    ...[noised('central'), ftrl].map((privacy): [string, Compression, More, string, RegExp] => [
      `to a few rescaled under ${privacy.differentialPrivacy.mechanism} noise`,
      RANDOM,
      { privacy },
      'compression.sparsify.rescale',
      /set rescale to false/,
    ]),
    ...(['scaffold', 'feddyn'] as const).map((name): [string, Compression, More, string, RegExp] => [
      `to levels with ${name}`,
      BITS,
      { strategy: { name, population: 40 } },
      'compression',
      new RegExp(`${name} carry on`),
    ]),
    [
      'to a few with rfa',
      RANDOM,
      { privacy: secure, strategy: { name: 'rfa' } },
      'compression',
      /rfa sums .*: leave it out/,
    ],
    [
      'to the largest for a rule that looks at each',
      TOP,
      { strategy: { name: 'median' } },
      'compression.sparsify.kind',
      /median looks at each.*or random-k/,
    ],
    [
      'to a few with q-fedavg',
      RANDOM,
      { strategy: { name: 'q-fedavg', lipschitz: 10 } },
      'compression.sparsify.kind',
      /divides by the lengths/,
    ],
  ])('%s is refused, with its path and what to do', (_, compression, more, path, message) => {
    expect(mistakesOf(compression, more)).toEqual([{ path, message: expect.stringMatching(message) }])
  })

  test('in a way that is none is refused with the file', () => {
    const { file } = aTask('digits')
    const isOne = (compression: unknown) => TaskFile.safeParse({ ...file, compression }).success
    expect(isOne({ bits: 8 })).toBe(true)
    for (const wrong of [
      { bits: 4 },
      { rotation: 'fourier' },
      { sparsify: { kind: 'random-k', share: 0 } },
      { sparsify: { kind: 'random-k', share: 1.1 } },
      { sparsify: { kind: 'top-k' } },
      { sparsify: { kind: 'top-k', share: 0.1, rescale: true } },
      { levels: 8 },
    ])
      expect(isOne(wrong)).toBe(false)
  })
})
