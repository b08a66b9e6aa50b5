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

/** How far apart the groups of a category are in a rate. */
const differenceIn = (
  category: string,
  rate: 'selectionRate' | 'truePositiveRate' | 'falsePositiveRate',
  { words, published }: { words: string; published?: Measure['published'] },
): Measure => ({
  of: ({ groups }) => {
    const rates = (groups[category] ?? []).flatMap((group) => group[rate] ?? [])
    return Math.max(...rates) - Math.min(...rates)
  },
  unit: words,
  ...(published && { published }),
})

const areaUnderCurve = (published: Measure['published']): Measure => ({
  of: ({ summary }) => summary.areaUnderCurve,
  unit: 'area under the ROC curve',
  ...(published && { published }),
})

const error = (published: number, by: string): Measure => ({
  of: ({ summary }) => summary.rootMeanSquaredError,
  unit: 'bikes an hour, root mean squared error',
  published: { value: published, by },
  digits: 1,
})

/** Of what the scenario watches, after so many completed rounds. */
const watchedAfter = (rounds: number, group: string, published: Measure['published']): Measure => ({
  of: (seed) => {
    const completed = seed.rounds.filter((round) => round.outcome === 'completed')
    return completed[rounds - 1]?.groups?.[group]
  },
  unit: `accuracy on ${group}s after ${rounds} rounds`,
  ...(published && { published }),
})

const ofAdult = (accuracy: number, area: number, gap: number): Measure[] => [
  finalAccuracy({ value: accuracy, by: 'by the same in numpy' }),
  areaUnderCurve({ value: area, by: 'by the same in numpy' }),
  differenceIn('sex', 'truePositiveRate', {
    words: 'difference of true positive rates by sex',
    published: { value: gap, by: 'by the same in numpy' },
  }),
  differenceIn('sex', 'selectionRate', { words: 'difference of selection rates by sex' }),
  differenceIn('race', 'truePositiveRate', { words: 'difference of true positive rates by race' }),
]

const accuraciesOf = (groups: SeedResults['groups'], category: string): number[] =>
  (groups[category] ?? []).flatMap(({ accuracy }) => (accuracy === undefined ? [] : [accuracy]))

/** How restless the accuracy is at the end. */
const lateDeviation = (): Measure => ({
  of: ({ rounds }) => {
    const late = rounds
      .flatMap((round) => (round.outcome === 'completed' ? (round.accuracy ?? []) : []))
      .slice(-20)
    const mean = late.reduce((sum, value) => sum + value / late.length, 0)
    return Math.sqrt(late.reduce((sum, value) => sum + (value - mean) ** 2 / late.length, 0))
  },
  unit: 'deviation of accuracy over the last 20 rounds',
})

/** What a run came to by the time its accuracy was first so high: of all rounds until then, abandoned ones too. */
const untilAccuracy = (accuracy: number, of: 'virtualSeconds' | 'received', unit: string): Measure => ({
  of: ({ rounds }) => {
    const at = rounds.findIndex((round) => round.outcome === 'completed' && (round.accuracy ?? 0) >= accuracy)
    return at < 0 ? undefined : rounds.slice(0, at + 1).reduce((sum, round) => sum + round[of], 0)
  },
  unit,
  digits: 0,
})

/** Devices of unequal speed, of which a share is lost in every round. */
const unequal = (lost: number): readonly string[] => [
  `population={classes: [{name: device, share: 1, speed: {kind: log-normal, median: 1, sigma: 1}}], dropout: {probability: ${lost}}}`,
  'costs={msPerExample: 20}',
  'cohort.trainingSeconds=120',
]
const OVER_SELECTED = ['cohort.quorum=10', 'cohort.overSelection=1.5']
const TO_80 = [
  untilAccuracy(0.8, 'virtualSeconds', 'virtual seconds to 80 %'),
  untilAccuracy(0.8, 'received', 'updates to 80 %'),
]

const THREE = [1, 2, 3]
const STRAGGLING = ['plan.epochs=20']
/** As FedAvg has it: whoever is not done in time is dropped. */
const LOST = ['population={dropout: {probability: 0.9}}', 'cohort.quorum=1', 'cohort.target=10']
const PARTIAL = ['population={stragglers: {share: 0.9, work: partial}}']

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
    seeds: [1],
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
    isLong: true,
  },
  {
    id: 'heart-hospitals',
    name: 'Heart disease in four hospitals, logistic regression',
    scenario: 'heart-hospitals',
    seeds: [1, 2, 3, 4, 5],
    measures: [finalAccuracy({ value: 0.748, by: 'by FLamby, FedAvg' })],
    note: '0.795 by FLamby with all data in one place; they draw other rows to test on, and train 100 steps of 4 a round',
  },
  {
    id: 'adult-iid',
    name: 'Adult, logistic regression, 100 clients alike',
    scenario: 'adult-iid',
    seeds: THREE,
    measures: ofAdult(0.8461, 0.8989, 0.134),
  },
  {
    id: 'adult-occupation',
    name: 'Adult, logistic regression, a client for each occupation',
    scenario: 'adult-occupation',
    seeds: THREE,
    measures: ofAdult(0.8436, 0.8949, 0.162),
  },
  {
    id: 'adult-sex-skewed',
    name: 'Adult, logistic regression, 100 clients unlike in sex',
    scenario: 'adult-sex-skewed',
    seeds: THREE,
    measures: ofAdult(0.8439, 0.8978, 0.079),
    note: 'how unlike is ours: Dirichlet, α = 0.5',
  },
  {
    id: 'bike-sharing-2012',
    name: 'Bikes an hour, learned from 2011, judged on 2012',
    scenario: 'bike-sharing-2012',
    seeds: THREE,
    measures: [error(128.6, 'by the same network with all data in one place')],
  },
  {
    id: 'bike-sharing-both-years',
    name: 'Bikes an hour, learned from both years, judged on a fifth of both',
    scenario: 'bike-sharing-both-years',
    seeds: THREE,
    measures: [error(68.2, 'by the same network with all data in one place')],
  },
  {
    id: 'writers-drift',
    name: 'MNIST 2NN by writers, employees for 200 rounds and then students',
    scenario: 'writers-drift',
    seeds: THREE,
    measures: [
      watchedAfter(200, 'employee', { value: 0.974, by: 'by the same in numpy' }),
      watchedAfter(200, 'student', { value: 0.914, by: 'by the same in numpy' }),
      watchedAfter(220, 'employee', { value: 0.971, by: 'by the same in numpy' }),
      watchedAfter(220, 'student', { value: 0.941, by: 'by the same in numpy' }),
      watchedAfter(250, 'employee', { value: 0.975, by: 'by the same in numpy' }),
      watchedAfter(250, 'student', { value: 0.944, by: 'by the same in numpy' }),
    ],
    isLong: true,
  },
  {
    id: 'fedprox-stragglers-fedavg',
    name: 'The same 1,000 devices, E = 20, nine of ten straggle, whose updates are lost; FedAvg',
    scenario: 'fedprox-mnist',
    set: [...STRAGGLING, ...LOST],
    seeds: THREE,
    measures: [finalAccuracy(), lateDeviation()],
    note: 'the paper’s figures are plots',
  },
  {
    id: 'fedprox-stragglers-partial',
    name: 'the same, with the epochs that stragglers came to; FedAvg',
    scenario: 'fedprox-mnist',
    set: [...STRAGGLING, ...PARTIAL],
    seeds: THREE,
    measures: [finalAccuracy(), lateDeviation()],
  },
  {
    id: 'fedprox-stragglers-fedprox',
    name: 'the same, FedProx with μ = 1',
    scenario: 'fedprox-mnist',
    set: [...STRAGGLING, ...PARTIAL, 'plan.proximal=1'],
    seeds: THREE,
    measures: [finalAccuracy(), lateDeviation()],
  },
  {
    id: 'fedprox-twenty-epochs',
    name: 'the same devices, E = 20 and nobody straggles; FedAvg',
    scenario: 'fedprox-mnist',
    set: ['plan.epochs=20'],
    seeds: THREE,
    measures: [finalAccuracy(), lateDeviation()],
  },
  {
    id: 'fedprox-scaffold',
    name: 'the same; SCAFFOLD',
    scenario: 'fedprox-mnist',
    set: ['plan.epochs=20', 'strategy={name: scaffold, population: 1000}'],
    seeds: THREE,
    measures: [finalAccuracy(), lateDeviation()],
  },
  ...[0, 0.3].flatMap((lost): Experiment[] => [
    {
      id: `waiting-${lost}`,
      name: `Digits of 120 hands, speeds log-normal (σ = 1), ${100 * lost} % lost in a round; rounds of 20 of 30 that wait for their slowest`,
      scenario: 'handwriting-waiting',
      set: [...unequal(lost), ...OVER_SELECTED],
      seeds: THREE,
      measures: TO_80,
    },
    {
      id: `buffered-${lost}`,
      name: 'the same, 20 at work, buffers of 5 (FedBuff)',
      scenario: 'handwriting-buffered',
      set: unequal(lost),
      seeds: THREE,
      measures: TO_80,
      note: 'FedBuff’s paper claims up to 3.3 times fewer updates',
    },
  ]),
  {
    id: 'mnist-cnn-iid-tuned',
    name: 'MNIST CNN, IID, C = 0.1, E = 5, B = 10, at another rate',
    scenario: 'mnist-cnn-iid',
    set: ['plan.optimizer.learningRate=0.15'],
    seeds: [1],
    measures: [roundsTo('99 %', 20, 'by McMahan et al. 2017, table 2')],
    isLong: true,
  },
]
