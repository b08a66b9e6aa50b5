import { histogramChart } from './bar-charts.ts'
import type { Figure } from './figure.ts'
import { percent } from './number-format.ts'
import { type AccuracyOverClients, type PersonalRecord, summaryOfPersonal } from './personal-results.ts'
import type { SeedResults } from './results.ts'
import { binsOf } from './statistics.ts'

const BINS = 20

/** How clients fare by models of their own, beside the shared one; nothing where nobody held rows out. */
export const personalFigures = (seeds: readonly SeedResults[]): readonly Figure[] => {
  const records = seeds.flatMap(({ personal }) => personal)
  const summary = summaryOfPersonal(records)
  if (!summary) return []
  const { clients, without, shared, own } = summary
  const mine = own ? records.flatMap((record) => (record.own ? [record] : [])) : records
  const accuracies = mine.flatMap((record) => {
    const score = own ? record.own : record.shared
    return score ? [score.accuracy] : []
  })
  const bars = binsOf(accuracies, { from: 0, to: 1, bins: BINS }).map(({ from, to, values }) => ({
    from,
    to,
    count: values.length,
  }))
  const title = own ? 'Accuracy by client, of its own model' : 'Accuracy by client, on rows of its own'
  return [
    {
      id: 'personal-accuracy',
      title,
      description: `On the rows that each of ${clients} clients held out${seeds.length > 1 ? '; clients of all seeds together' : ''}.${
        own && without > 0 ? ` ${without} more never took part, and have no model of their own.` : ''
      }${own && shared ? ` ${betterText(mine)}` : ''}`,
      chart: histogramChart({
        description: title,
        quantity: 'accuracy',
        format: '.0%',
        counted: 'clients',
        bars,
      }),
      table: {
        columns: ['model', 'mean', 'a tenth is below', 'worst'],
        rows: [...(shared ? [rowOf('shared', shared)] : []), ...(own ? [rowOf('own', own)] : [])],
      },
    },
  ]
}

const rowOf = (model: string, { mean, p10, worst }: AccuracyOverClients) => [
  model,
  percent(mean, 2),
  percent(p10, 2),
  percent(worst, 2),
]

const betterText = (records: readonly PersonalRecord[]): string => {
  const gains = records.map(({ own, shared }) => (own?.accuracy ?? 0) - (shared?.accuracy ?? 0))
  const count = (of: (gain: number) => boolean) => gains.filter(of).length
  return `By its own model ${count((gain) => gain > 0)} fare better than by the shared one, ${count((gain) => gain < 0)} worse.`
}
