import type { Figure, Table } from './figure.ts'
import { bytes, byteUnit, number, percent, seconds } from './number-format.ts'
import type { RoundResult, RunResults, SeedResults } from './results.ts'
import { type Rule, roundsChart } from './rounds-chart.ts'
import { targetOf } from './scenario-words.ts'
import { type BandPoint, bandOverSeeds, thinned, totalsOverSeeds } from './statistics.ts'

/** A line of 350 pixels shows no more, and the table below it is no longer than this. */
const MOST_POINTS = 700

/** How the model did after each round, where the run recorded it. */
export const learningFigures = (run: RunResults): readonly Figure[] =>
  MEASURES.map((measure) => learningFigure(run, measure)).filter((figure) => figure !== undefined)

/** What the rounds took: bytes and time, where the run recorded them. */
export const costFigures = (run: RunResults): readonly Figure[] =>
  [
    bytesFigure(run.seeds, 'round'),
    bytesFigure(run.seeds, 'run'),
    timeFigure(run.seeds, {
      id: 'virtual-time',
      title: 'Virtual time per round',
      meaning: 'What a round would have taken in the world that is simulated, abandoned rounds too',
      secondsOf: (round) => round.virtualSeconds,
    }),
    timeFigure(run.seeds, {
      id: 'computing-time',
      title: 'Computing time per round',
      meaning: 'What the simulation of a round took on this machine, abandoned rounds too',
      secondsOf: (round) => round.seconds,
    }),
  ].filter((figure) => figure !== undefined)

export const bandNote = (seeds: number): string =>
  seeds === 1 ? 'One seed.' : `Line: the mean of ${seeds} seeds; band: from the lowest seed to the highest.`

/** The baselines that the run recorded, and its target. */
export const rulesOf = (
  { baselines, scenario }: RunResults,
  measure: 'accuracy' | 'loss',
): readonly Rule[] => {
  const format = measure === 'accuracy' ? (value: number) => percent(value) : number
  const named: readonly (readonly [string, number | null | undefined])[] = [
    ['majority', baselines.majority?.[measure]],
    ['back-off', baselines.backOff?.[measure]],
    ['linear', baselines.linear?.[measure]],
    ['central', baselines.central?.[measure]],
    ['target', measure === 'accuracy' ? targetOf(scenario) : undefined],
  ]
  return named.flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [{ label: `${name} ${format(value)}`, value }],
  )
}

const MEASURES = ['accuracy', 'loss', 'attackSuccess'] as const
type Measure = (typeof MEASURES)[number]

const TITLES: Readonly<Record<Measure, string>> = {
  accuracy: 'Accuracy over rounds',
  loss: 'Loss over rounds',
  attackSuccess: 'Attack success over rounds',
}
const MEANINGS: Readonly<Record<Measure, string>> = {
  accuracy: 'Of the global model on the held-out set',
  loss: 'Of the global model on the held-out set',
  attackSuccess:
    'Held-out rows with the backdoor’s trigger that the global model takes for its target; a model that was not attacked takes some for it too',
}

const learningFigure = (run: RunResults, measure: Measure): Figure | undefined => {
  const points = bandOverSeeds(run.seeds, (round) =>
    round.outcome === 'completed' ? round[measure] : undefined,
  )
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last) return undefined
  const rules = measure === 'attackSuccess' ? [] : rulesOf(run, measure)
  const isShare = measure !== 'loss'
  const format = isShare ? (value: number) => percent(value, 2) : number
  const title = TITLES[measure]
  const description = `${MEANINGS[measure]}: ${format(first.mean)} after round ${first.round}, ${format(last.mean)} after round ${last.round}. ${bandNote(run.seeds.length)}`
  return {
    id: measure === 'attackSuccess' ? 'attack-success' : measure,
    title,
    description:
      rules.length > 0
        ? `${description} Dashed: ${rules.map(({ label }) => label).join(', ')}.`
        : description,
    chart: roundsChart({
      description: title,
      quantity: measure === 'attackSuccess' ? 'attack success' : measure,
      ...(isShare ? { format: '.0%' } : {}),
      series: [{ name: measure, points: thinned(points, MOST_POINTS) }],
      rules,
    }),
    table: bandTable(points, format),
  }
}

const bytesFigure = (seeds: readonly SeedResults[], over: 'round' | 'run'): Figure | undefined => {
  if (!seeds.some(({ rounds }) => rounds.some((round) => (round.bytesUp ?? round.bytesDown) !== undefined)))
    return undefined
  const band = over === 'round' ? bandOverSeeds : totalsOverSeeds
  const up = band(seeds, (round) => round.bytesUp)
  const down = band(seeds, (round) => round.bytesDown)
  const most = [...up, ...down].reduce((most, { high }) => Math.max(most, high), 0)
  const { unit, size } = byteUnit(most)
  const inUnit = (points: readonly BandPoint[]) =>
    thinned(points, MOST_POINTS).map(({ mean, low, high, ...rest }) => ({
      ...rest,
      mean: mean / size,
      low: low / size,
      high: high / size,
    }))
  const title = over === 'round' ? 'Bytes per round' : 'Bytes since the start'
  const series = [
    { name: 'up, from clients', points: up },
    { name: 'down, to clients', points: down },
  ]
  const downOf = new Map(down.map((point) => [point.round, point.mean]))
  const upOf = new Map(up.map((point) => [point.round, point.mean]))
  const rounds = [...new Set([...upOf.keys(), ...downOf.keys()])].sort((a, b) => a - b)
  return {
    id: over === 'round' ? 'bytes' : 'bytes-total',
    title,
    description:
      over === 'round'
        ? `Of all clients of a round together. ${bandNote(seeds.length)}`
        : `All rounds so far together: ${bytes(up.at(-1)?.mean)} up and ${bytes(down.at(-1)?.mean)} down in the end. ${bandNote(seeds.length)}`,
    chart: roundsChart({
      description: title,
      quantity: unit,
      series: series.map(({ name, points }) => ({ name, points: inUnit(points) })),
      fromZero: true,
    }),
    table: {
      columns: ['round', 'bytes up', 'bytes down'],
      ...shortened(rounds, (round) => [round, bytes(upOf.get(round)), bytes(downOf.get(round))]),
    },
  }
}

type TimeFigure = {
  readonly id: string
  readonly title: string
  readonly meaning: string
  readonly secondsOf: (round: RoundResult) => number
}

const timeFigure = (
  seeds: readonly SeedResults[],
  { id, title, meaning, secondsOf }: TimeFigure,
): Figure | undefined => {
  const points = bandOverSeeds(seeds, secondsOf)
  if (points.length === 0) return undefined
  const total = points.reduce((sum, { mean }) => sum + mean, 0)
  return {
    id,
    title,
    description: `${meaning}: ${seconds(total)} altogether. ${bandNote(seeds.length)}`,
    chart: roundsChart({
      description: title,
      quantity: 'seconds',
      series: [{ name: 'seconds', points: thinned(points, MOST_POINTS) }],
      fromZero: true,
    }),
    table: bandTable(points, seconds),
  }
}

const bandTable = (points: readonly BandPoint[], format: (value: number) => string): Table => ({
  columns: ['round', 'mean', 'lowest', 'highest', 'deviation', 'seeds'],
  ...shortened(points, ({ round, mean, low, high, deviation, count }) => [
    round,
    format(mean),
    format(low),
    format(high),
    count > 1 ? format(deviation) : '–',
    count,
  ]),
})

const shortened = <T>(
  points: readonly T[],
  rowOf: (point: T) => Table['rows'][number],
): Pick<Table, 'rows' | 'note'> => ({
  rows: thinned(points, MOST_POINTS).map(rowOf),
  ...(points.length > MOST_POINTS
    ? {
        note: `${MOST_POINTS} of ${points.length} rounds, evenly taken; all of them are in the rounds.csv of each seed.`,
      }
    : {}),
})
