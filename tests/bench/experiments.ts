/** What is run to be held against the papers; where a set-up is not the paper's, the note says how. */
import type { SeedResults } from '@tributary/simulations'

export type Experiment = {
  /** Of its folder. */
  id: string
  name: string
  scenario: string
  /** Fields set otherwise than in the scenario: `path=value`. */
  set?: readonly string[]
  seeds: readonly number[]
  measures: readonly Measure[]
  note?: string
  /** Run with `--all` only. */
  isLong?: boolean
}

type Measure = {
  /** Undefined where a seed did not get there. */
  of: (seed: SeedResults) => number | undefined
  unit: string
  published?: { value: number; by: string }
  aim?: string
  /** After the point. */
  digits?: number
}

const roundsTo = (target: string, published: number, by: string): Measure => ({
  of: ({ summary }) => summary.roundsToTarget ?? undefined,
  unit: `rounds to ${target}`,
  published: { value: published, by },
  aim: '≤ 1',
  digits: 0,
})

const finalAccuracy = (published?: Measure['published']): Measure => ({
  of: ({ summary }) => summary.accuracy ?? undefined,
  unit: 'accuracy',
  ...(published && { published }),
})

/** Of the groups of a category, the accuracy that a share of them are below. */
const quantileOf = (category: string, share: number, words: string): Measure => ({
  of: ({ groups }) => {
    const sorted = accuraciesOf(groups, category).sort((a, b) => a - b)
    return sorted[Math.floor(share * (sorted.length - 1))]
  },
  unit: words,
})

const accuracyOf = (category: string, name: string): Measure => ({
  of: ({ groups }) => groups[category]?.find(({ group }) => group === name)?.accuracy,
  unit: `accuracy of ${category} ${name}`,
})

const accuraciesOf = (groups: SeedResults['groups'], category: string): number[] =>
  (groups[category] ?? []).flatMap(({ accuracy }) => (accuracy === undefined ? [] : [accuracy]))

const THREE = [1, 2, 3]

export const experiments: readonly Experiment[] = [
  {
    id: 'mnist-2nn-iid',
    name: 'MNIST 2NN, IID, C = 0.1, E = 1, B = 10',
    scenario: 'mnist-2nn-iid',
    seeds: THREE,
    measures: [roundsTo('97 %', 87, 'by McMahan et al. 2017, table 1')],
    note: '92 in their table 4',
  },
  {
    id: 'mnist-2nn-shards',
    name: 'MNIST 2NN, two shards a client, C = 0.1, E = 1, B = 10',
    scenario: 'mnist-2nn-shards',
    seeds: THREE,
    measures: [roundsTo('97 %', 664, 'by McMahan et al. 2017, table 1')],
    note: '831 in their table 4',
  },
  {
    id: 'mnist-cnn-iid',
    name: 'MNIST CNN, IID, C = 0.1, E = 5, B = 10',
    scenario: 'mnist-cnn-iid',
    seeds: THREE,
    measures: [roundsTo('99 %', 20, 'by McMahan et al. 2017, table 2')],
    note: '18 in their table 1',
    isLong: true,
  },
  {
    id: 'fedprox-mnist',
    name: 'MNIST on 1,000 devices of two digits, sizes of a power law, logistic regression',
    scenario: 'fedprox-mnist',
    seeds: THREE,
    measures: [finalAccuracy({ value: 0.819, by: 'by FedML after 100 rounds' })],
    note: '80 to 81 % by FLUTE and Flower',
  },
  {
    id: 'mnist-writers',
    name: 'MNIST 2NN by 539 writers, judged on 297 others',
    scenario: 'mnist-writers',
    seeds: THREE,
    measures: [
      roundsTo('97 %', 318, 'by the same in numpy'),
      quantileOf('group', 0.1, 'accuracy that a tenth of unseen writers are below'),
      quantileOf('group', 0, 'accuracy of the worst unseen writer'),
      accuracyOf('series', 'employee'),
      accuracyOf('series', 'student'),
    ],
  },
  {
    id: 'heart-hospitals',
    name: 'Heart disease in four hospitals, logistic regression',
    scenario: 'heart-hospitals',
    seeds: [1, 2, 3, 4, 5],
    measures: [finalAccuracy({ value: 0.748, by: 'by FLamby, FedAvg' })],
    note: '0.795 by FLamby with all data in one place; they draw other rows to test on, and train 100 steps of 4 a round',
  },
]
