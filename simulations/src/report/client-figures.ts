import { type HistogramBar, histogramChart } from './bar-charts.ts'
import type { Figure } from './figure.ts'
import { holdingsChart } from './holdings-chart.ts'
import { shownName } from './inert-text.ts'
import { number, percent } from './number-format.ts'
import type { ClientResult, RunResults, SeedResults } from './results.ts'
import { datasetOf } from './scenario-words.ts'
import { binsOf, quantile, spreadOf } from './statistics.ts'

const BINS = 20
/** Rounds a client took part in get a bar each up to here. */
const MOST_SINGLE_BARS = 40

/** How the clients fared: accuracy of each that is honest, rounds of each. */
export const clientFigures = (seeds: readonly SeedResults[]): readonly Figure[] =>
  [accuracyFigure(seeds), participationFigure(seeds)].filter((figure) => figure !== undefined)

/** The mean accuracy of the worst tenth of honest clients, of all seeds together, and the accuracy up to which it reaches. */
export const worstTenth = (
  seeds: readonly Pick<SeedResults, 'clients'>[],
): { readonly upTo: number; readonly mean: number; readonly clients: number } | undefined => {
  const accuracies = accuraciesOf(seeds).sort((a, b) => a - b)
  const worst = accuracies.slice(0, Math.ceil(accuracies.length / 10))
  const upTo = worst.at(-1)
  const mean = spreadOf(worst)?.mean
  return upTo === undefined || mean === undefined ? undefined : { upTo, mean, clients: worst.length }
}

const accuraciesOf = (seeds: readonly Pick<SeedResults, 'clients'>[]): number[] =>
  seeds.flatMap(({ clients }) =>
    clients.flatMap(({ accuracy, attack }) =>
      accuracy === undefined || attack !== undefined ? [] : [accuracy],
    ),
  )

const accuracyFigure = (seeds: readonly SeedResults[]): Figure | undefined => {
  const accuracies = accuraciesOf(seeds).sort((a, b) => a - b)
  const worst = worstTenth(seeds)
  if (!worst) return undefined
  // Whole twentieths that hold all of them, so that bars of two runs stand at the same places.
  const from = Math.min(0.95, Math.floor((accuracies[0] ?? 0) * BINS) / BINS)
  const bins = Math.round((1 - from) * BINS)
  const split = bins < BINS / 2 ? Math.ceil(BINS / bins) : 1
  // By rank and not by value: of clients that are alike, some are in the worst tenth and some are not.
  let left = worst.clients
  const bars = binsOf(accuracies, { from, to: 1, bins: bins * split }).map((bin): HistogramBar => {
    const marked = Math.min(left, bin.values.length)
    left -= marked
    return { from: bin.from, to: bin.to, count: bin.values.length, marked }
  })
  const title = 'Accuracy by client'
  const liars = seeds.some(({ clients }) => clients.some(({ attack }) => attack !== undefined))
  return {
    id: 'client-accuracy',
    title,
    description: `Of the last global model on each ${liars ? 'honest client’s' : 'client’s'} own rows${ofSeeds(seeds)}. The worst tenth, ${worst.clients} of ${accuracies.length}, has ${percent(worst.upTo)} or less, ${percent(worst.mean)} on average; the median is ${percent(quantile(accuracies, 0.5))}.`,
    chart: histogramChart({
      description: title,
      quantity: 'accuracy',
      format: '.0%',
      counted: 'clients',
      bars,
      kinds: { marked: 'worst tenth', others: 'the others' },
    }),
    table: {
      columns: ['accuracy from', 'to', 'clients', 'of the worst tenth'],
      rows: bars.map(({ from, to, count, marked = 0 }) => [percent(from), percent(to), count, marked]),
    },
  }
}

const participationFigure = (seeds: readonly SeedResults[]): Figure | undefined => {
  const rounds = seeds.flatMap(({ clients, participation }) =>
    clients.length > 0 ? clients.map((client) => client.rounds) : [...participation.values()],
  )
  const spread = spreadOf(rounds)
  if (!spread) return undefined
  const width = Math.max(1, Math.ceil((spread.high + 1) / MOST_SINGLE_BARS))
  const bins = Math.ceil((spread.high + 1) / width)
  const bars = binsOf(
    rounds.map((own) => own + 0.5),
    { from: 0, to: bins * width, bins },
  ).map(({ from, to, values }) => ({
    from: from - 0.5,
    to: to - 0.5,
    count: values.length,
  }))
  const title = 'Rounds that clients took part in'
  const never = rounds.filter((own) => own === 0).length
  return {
    id: 'participation',
    title,
    description: `Each client took part in ${number(spread.low)} to ${number(spread.high)} rounds, ${number(spread.mean)} on average${ofSeeds(seeds)}; ${never === 0 ? 'none' : never} of ${rounds.length} in none.`,
    chart: histogramChart({
      description: title,
      quantity: 'rounds',
      format: ',d',
      counted: 'clients',
      bars,
    }),
    table: {
      columns: [width === 1 ? 'rounds' : 'rounds from', ...(width === 1 ? [] : ['to']), 'clients'],
      rows: bars.map(({ from, to, count }) =>
        width === 1 ? [from + 0.5, count] : [from + 0.5, to - 0.5, count],
      ),
    },
  }
}

const ofSeeds = (seeds: readonly unknown[]): string =>
  seeds.length === 1 ? '' : `; clients of ${seeds.length} seeds together`

/** Who holds what from the first seed, drawn as everywhere; clients and labels beyond what a table is read for are left to the file. */
export const holdingsFigure = async ({ seeds, scenario }: RunResults): Promise<Figure | undefined> => {
  const { seed, holdings } = seeds[0] ?? {}
  if (!holdings || holdings.clients.length === 0) return undefined
  const labels = distinct(holdings.labels.map((label) => shownName(label, 30)))
  const clients = distinct(holdings.clients.map(({ client }) => shownName(client, 24)))
  const svg = await holdingsChart(
    { labels, counts: holdings.clients.map(({ counts }) => counts) },
    { title: shownName(datasetOf(scenario)), clients },
  )
  const most = 500
  return {
    id: 'holdings',
    title: 'Who holds what',
    description: `Rows of each label that each of ${clients.length} clients holds${seeds.length === 1 ? '' : ` from seed ${seed}`}.`,
    chart: { svg },
    width: 'full',
    table: {
      columns: ['client', ...labels, 'all'],
      rows: holdings.clients
        .slice(0, most)
        .map(({ client, counts }) => [client, ...counts, counts.reduce((sum, own) => sum + own, 0)]),
      ...(clients.length > most
        ? { note: `The first ${most} of ${clients.length} clients; all are in seed-${seed}/holdings.json.` }
        : {}),
    },
  }
}

/** Charts place by name: two that are shown alike would be drawn as one. */
const distinct = (names: readonly string[]): readonly string[] => {
  const seen = new Map<string, number>()
  return names.map((name) => {
    const times = (seen.get(name) ?? 0) + 1
    seen.set(name, times)
    return times === 1 ? name : `${name} (${times})`
  })
}

/** Rows of the table of all clients, the worst first. */
export const clientRows = (seeds: readonly SeedResults[]): readonly (readonly [number, ClientResult])[] =>
  seeds
    .flatMap(({ seed, clients }) => clients.map((client) => [seed, client] as const))
    .sort(([, a], [, b]) => (a.accuracy ?? 2) - (b.accuracy ?? 2))
