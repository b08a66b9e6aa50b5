import type { Dataset } from '../datasets/index.ts'
import { areaUnderCurve, groupRates, type Judged, tallyBy } from '../diagnosis/index.ts'
import { describeRows, holdingsOf } from '../partitions/index.ts'
import {
  type Baselines,
  type ClientResult,
  type GroupResults,
  type PersonalRecord,
  type ResultsFolder,
  type SeedSummary,
  summaryOfPersonal,
} from '../report/index.ts'
import type { Scenario, SeedResult, SimulatedRound } from '../scenarios/index.ts'
import { clientName, scoreFor } from '../scenarios/index.ts'

const text = (value: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)
const lines = (values: readonly unknown[]): Uint8Array =>
  new TextEncoder().encode(values.map((value) => `${JSON.stringify(value)}\n`).join(''))

/** The rounds there are before a seed's run begins or goes on, to which each is added as it ends. */
export const beginRounds = async (
  folder: ResultsFolder,
  seed: number,
  rounds: readonly SimulatedRound[],
): Promise<void> => {
  await folder.save(roundsOf(seed), lines(rounds))
}

export const addRound = (folder: ResultsFolder, seed: number, round: SimulatedRound): Promise<void> =>
  folder.append(roundsOf(seed), `${JSON.stringify(round)}\n`)

const roundsOf = (seed: number) => `seed-${seed}/rounds.jsonl`

const COLUMNS = [
  'round',
  'outcome',
  'version',
  'cohort',
  'received',
  'declined',
  'failed',
  'examples',
  'loss',
  'accuracy',
  'attackers',
  'attackSuccess',
  'bytesUp',
  'bytesDown',
  'virtualSeconds',
  'seconds',
  'reason',
] as const

/** RFC 4180; a text that a spreadsheet would take for a formula is quoted as text. */
export const roundsCsv = (rounds: readonly SimulatedRound[]): string => {
  const cell = (value: unknown): string => {
    if (value === undefined) return ''
    const plain = String(value)
    const inert = typeof value === 'string' && /^[=+\-@]/.test(plain) ? `'${plain}` : plain
    return /[",\n\r]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
  }
  const rows = rounds.map((round) =>
    COLUMNS.map((column) => cell((round as Record<string, unknown>)[column])).join(','),
  )
  return `${[COLUMNS.join(','), ...rows].join('\r\n')}\r\n`
}

/** Everything that one seed came to beside its rounds; its summary is written last, so that what has one is whole. */
export const writeSeed = async (
  folder: ResultsFolder,
  { seed, dataset, result }: { seed: number; dataset: Dataset; result: SeedResult },
) => {
  const at = (name: string) => `seed-${seed}/${name}`
  const { rounds, parts } = result
  await folder.save(at('rounds.csv'), new TextEncoder().encode(roundsCsv(rounds)))
  await folder.save(at('clients.jsonl'), lines(clientsOf(dataset, result)))
  const personal = personalOf(result)
  if (personal.length > 0) await folder.save(at('personal.jsonl'), lines(personal))
  const ofPersonal = summaryOfPersonal(personal)
  await folder.save(at('groups.json'), text(groupsOf(dataset, result)))
  await folder.save(at('model.safetensors'), result.model)
  const summary = {
    rounds: rounds.filter(({ outcome }) => outcome === 'completed').length,
    ...measuresOf(dataset, result),
    roundsToTarget: result.roundsToTarget,
    modelDigest: result.modelDigest,
    ...(ofPersonal && { personal: ofPersonal }),
    clientsPerSecond: result.clientsPerSecond,
    seconds: result.seconds,
    peakMemoryMb: (process.resourceUsage().maxRSS * 1_024) / 1e6,
    folder: folder.path,
    ended: result.ended,
  } satisfies SeedSummary
  const rows = describeRows(dataset.train, dataset.task)
  const { label } = rows.categories
  if (label) {
    const { labels, counts } = holdingsOf(parts, label)
    const clients = counts.map((of, index) => ({ client: clientName(index), counts: of }))
    await folder.save(at('holdings.json'), text({ labels, clients }))
  }
  await folder.save(at('summary.json'), text(summary))
  return summary
}

export const writeScenario = async (folder: ResultsFolder, scenario: Scenario): Promise<void> => {
  const versions = { node: process.versions.node, v8: process.versions.v8 }
  await folder.save('scenario.json', text({ ...scenario, versions }))
}

export const writeBaselines = async (folder: ResultsFolder, baselines: Baselines): Promise<void> => {
  await folder.save('baselines.json', text(baselines))
}

const roundsOfClients = ({ rounds }: SeedResult): Map<string, number> => {
  const took = new Map<string, number>()
  for (const round of rounds)
    if (round.outcome === 'completed')
      for (const client of round.participants) took.set(client, (took.get(client) ?? 0) + 1)
  return took
}

/** Models of the clients' own, and the shared one, on the rows that each held out. */
const personalOf = (result: SeedResult): PersonalRecord[] => {
  const took = roundsOfClients(result)
  return result.personal.map(({ client: index, ...scores }) => {
    const client = clientName(index)
    return { client, rounds: took.get(client) ?? 0, ...scores }
  })
}

/** The last model on each client's own rows. */
const clientsOf = ({ task }: Dataset, result: SeedResult): ClientResult[] => {
  const { parts, trained, traits } = result
  const took = roundsOfClients(result)
  let at = 0
  return parts.map((rows, index) => {
    const from = at
    at += rows.length
    const own = { losses: trained.losses.subarray(from, at), correct: trained.correct.subarray(from, at) }
    const client = clientName(index)
    return {
      client,
      examples: rows.length,
      ...(rows.length > 0 && scoreFor(task, own)),
      rounds: took.get(client) ?? 0,
      ...traits[index],
    }
  })
}

/** The last model on the held-out rows of each name of each category; of two classes with the rates that fairness is judged by. */
const groupsOf = ({ test, task }: Dataset, { heldOut }: SeedResult): GroupResults => {
  const { correct, losses } = heldOut
  const isClassified = task.kind === 'classification'
  const right = new Uint8Array(test.count).fill(1)
  const isYesOrNo = isClassified && task.classes.length === 2
  const said = isYesOrNo ? saidOf(test, heldOut) : undefined
  return Object.fromEntries(
    Object.entries(describeRows(test, task).categories).map(([name, { names, of }]) => {
      const loss = new Float64Array(names.length)
      for (let row = 0; row < test.count; row++) {
        const group = of[row] ?? 0
        loss[group] = (loss[group] ?? 0) + (losses[row] ?? 0)
      }
      const owners = { count: names.length, of }
      const rates = said && name !== 'label' ? groupRates(said, owners) : []
      const tallies = tallyBy({ predicted: correct, expected: right }, owners)
      return [
        name,
        tallies.flatMap(({ rows, accuracy = 0 }, group) => {
          if (rows === 0) return []
          const { selectionRate, truePositiveRate, falsePositiveRate } = rates[group] ?? {}
          return [
            {
              group: names[group] ?? '',
              examples: rows,
              ...(isClassified && { accuracy }),
              loss: (loss[group] ?? 0) / rows,
              ...(selectionRate !== undefined && { selectionRate }),
              ...(truePositiveRate !== undefined && { truePositiveRate }),
              ...(falsePositiveRate !== undefined && { falsePositiveRate }),
            },
          ]
        }),
      ]
    }),
  )
}

/** Of two classes: what the model says of each row. */
const saidOf = ({ targets, count }: Dataset['test'], { correct }: SeedResult['heldOut']): Judged => ({
  expected: targets,
  predicted: Uint8Array.from(
    { length: count },
    (_, row) => (correct[row] ? targets[row] : 1 - (targets[row] ?? 0)) ?? 0,
  ),
})

/** What is told of the last model beside its accuracy, by what it is to tell. */
const measuresOf = ({ test, task }: Dataset, { heldOut, accuracy, loss }: SeedResult) => {
  if (task.kind === 'regression') return { rootMeanSquaredError: Math.sqrt(loss) }
  if (task.classes.length !== 2) return { accuracy: accuracy ?? 0 }
  // Cross-entropy is −log of the true class's probability.
  const scores = Float64Array.from(heldOut.losses, (own, row) =>
    test.targets[row] === 1 ? Math.exp(-own) : 1 - Math.exp(-own),
  )
  const area = areaUnderCurve(scores, test.targets)
  return { accuracy: accuracy ?? 0, ...(area !== undefined && { areaUnderCurve: area }) }
}
