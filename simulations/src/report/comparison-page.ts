import { basename } from 'node:path'
import { figureHtml, type Table, tableHtml } from './figure.ts'
import { attackSuccess, bytesOf, finalAccuracy, toTarget } from './headline.ts'
import { type Html, html } from './html.ts'
import { shownName } from './inert-text.ts'
import { dateText, type Measure, number, percent, spreadText } from './number-format.ts'
import { pageText, section } from './page.ts'
import type { RunResults, SeedResults } from './results.ts'
import { roundsChart } from './rounds-chart.ts'
import { attackersOf, datasetOf, scenarioDifferences, strategyOf, targetOf } from './scenario-words.ts'
import { type BandPoint, bandOverSeeds, spreadOf, thinned } from './statistics.ts'

const MOST_POINTS = 350

/** Several runs side by side as a page that stands alone. */
export const comparisonPage = async (runs: readonly RunResults[]): Promise<string> => {
  const names = runNames(runs)
  const curves = [await curvesHtml(runs, names, 'accuracy'), await curvesHtml(runs, names, 'loss')]
  const body = html`<header><h1>${runs.length} runs compared</h1><p>${names.join(' · ')}</p></header>
${section('In short', html`<div class="words">${tableHtml(outcomesOf(runs, names))}</div>`)}
${section('Learning', html`<div class="figures">${curves.filter((curve) => curve !== undefined)}</div>`)}
${section('What differs between the scenarios', differencesHtml(runs, names))}`
  return pageText({ title: `${runs.length} runs compared`, body })
}

/** Scenario names; those that are not unique with their folder, and with a number where even that is not enough. */
export const runNames = (runs: readonly Pick<RunResults, 'folder' | 'scenario'>[]): readonly string[] => {
  const plain = runs.map(({ scenario }) => shownName(scenario.name, 40))
  const longer = runs.map(({ folder }, at) =>
    plain.filter((name) => name === plain[at]).length === 1
      ? (plain[at] ?? '')
      : `${plain[at]} (${shownName(basename(folder), 30)})`,
  )
  return longer.map((name, at) =>
    longer.indexOf(name) === at && longer.lastIndexOf(name) === at ? name : `${name} ${at + 1}`,
  )
}

/** A row for each outcome and a column for each run, so that what is compared stands side by side. */
const outcomesOf = (runs: readonly RunResults[], names: readonly string[]): Table => {
  const rowOf = (term: string, cellOf: (run: RunResults) => string) => [term, ...runs.map(cellOf)]
  const over =
    (numberOf: (seed: SeedResults) => number | null | undefined, measure: Measure) => (run: RunResults) =>
      spreadText(spreadOf(run.seeds.map(numberOf)), measure)
  return {
    columns: ['', ...names],
    rows: [
      rowOf('data set', ({ scenario }) => datasetOf(scenario)),
      rowOf('strategy', ({ scenario }) => strategyOf(scenario)),
      ...(runs.some(({ scenario }) => attackersOf(scenario))
        ? [rowOf('attackers', ({ scenario }) => attackersOf(scenario) ?? 'none')]
        : []),
      rowOf('seeds', ({ scenario }) => scenario.seeds.join(', ')),
      rowOf('final accuracy', (run) => spreadText(finalAccuracy(run), 'share')),
      ...(runs.some(({ seeds }) => attackSuccess(seeds))
        ? [rowOf('attack success', ({ seeds }) => spreadText(attackSuccess(seeds), 'share'))]
        : []),
      rowOf('rounds to target', (run) => toTarget(run).join(' ')),
      rowOf(
        'rounds',
        over(({ rounds }) => rounds.length, 'number'),
      ),
      rowOf(
        'computing time',
        over(({ summary }) => summary.seconds, 'seconds'),
      ),
      rowOf(
        'virtual time',
        over(({ rounds }) => rounds.reduce((sum, own) => sum + own.virtualSeconds, 0), 'seconds'),
      ),
      rowOf(
        'bytes, up and down',
        over(({ rounds }) => bytesOf(rounds), 'bytes'),
      ),
      rowOf(
        'clients a second',
        over(({ summary }) => summary.clientsPerSecond, 'number'),
      ),
      rowOf(
        'peak memory',
        over(
          ({ summary: { peakMemoryMb } }) =>
            typeof peakMemoryMb === 'number' ? peakMemoryMb * 1e6 : undefined,
          'bytes',
        ),
      ),
      rowOf('date', ({ date }) => dateText(date)),
    ],
  }
}

const curvesHtml = async (
  runs: readonly RunResults[],
  names: readonly string[],
  measure: 'accuracy' | 'loss',
): Promise<Html | undefined> => {
  const series = runs.map(({ seeds }, at) => ({
    name: names[at] ?? '',
    points: bandOverSeeds(seeds, (round) => (round.outcome === 'completed' ? round[measure] : undefined)),
  }))
  if (series.every(({ points }) => points.length === 0)) return undefined
  const format = measure === 'accuracy' ? (value: number) => percent(value, 2) : number
  const targets = measure === 'accuracy' ? runs.map(({ scenario }) => targetOf(scenario)) : []
  const title = measure === 'accuracy' ? 'Accuracy over rounds' : 'Loss over rounds'
  const seeds = runs.reduce((most, run) => Math.max(most, run.seeds.length), 1)
  return figureHtml({
    id: measure,
    title,
    description: `Of the global model on the held-out set, of ${runs.length} runs. ${seeds === 1 ? 'One seed each.' : 'Lines: means over seeds; bands: from the lowest seed to the highest.'}`,
    chart: roundsChart({
      description: title,
      quantity: measure,
      ...(measure === 'accuracy' ? { format: '.0%' } : {}),
      series: series.map(({ name, points }) => ({ name, points: thinned(points, MOST_POINTS) })),
      rules: [...new Set(targets)].flatMap((value) =>
        value === undefined ? [] : [{ label: `target ${percent(value)}`, value }],
      ),
    }),
    table: {
      columns: ['round', ...names],
      ...curveRows(
        series.map(({ points }) => points),
        format,
      ),
    },
  })
}

const curveRows = (curves: readonly (readonly BandPoint[])[], format: (value: number) => string) => {
  const byRound = curves.map((points) => new Map(points.map((point) => [point.round, point.mean])))
  const rounds = [...new Set(byRound.flatMap((points) => [...points.keys()]))].sort((a, b) => a - b)
  const cellOf = (mean: number | undefined) => (mean === undefined ? '–' : format(mean))
  return {
    rows: thinned(rounds, MOST_POINTS).map((round) => [
      round,
      ...byRound.map((points) => cellOf(points.get(round))),
    ]),
    ...(rounds.length > MOST_POINTS
      ? { note: `${MOST_POINTS} of ${rounds.length} rounds, evenly taken.` }
      : {}),
  }
}

const MOST_DIFFERENCES = 500

const differencesHtml = (runs: readonly RunResults[], names: readonly string[]): Html => {
  const differences = scenarioDifferences(runs.map(({ scenario }) => scenario))
  if (differences.length === 0) return html`<p>Nothing: they are one scenario.</p>`
  const table = tableHtml({
    columns: ['setting', ...names],
    rows: differences
      .slice(0, MOST_DIFFERENCES)
      .map(({ path, values }) => [path, ...values.map((value) => value ?? 'not set')]),
    ...(differences.length > MOST_DIFFERENCES
      ? { note: `The first ${MOST_DIFFERENCES} of ${differences.length} settings.` }
      : {}),
  })
  return html`<div class="words">${table}</div>`
}
