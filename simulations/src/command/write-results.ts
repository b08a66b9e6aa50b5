import type { Dataset } from '../datasets/index.ts'
import { tallyBy } from '../diagnosis/index.ts'
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
import { clientName, scoreOf } from '../scenarios/index.ts'

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
  await folder.save(at('clients.jsonl'), lines(clientsOf(result)))
  const personal = personalOf(result)
  if (personal.length > 0) await folder.save(at('personal.jsonl'), lines(personal))
  const ofPersonal = summaryOfPersonal(personal)
  await folder.save(at('groups.json'), text(groupsOf(dataset, result)))
  await folder.save(at('model.safetensors'), result.model)
  const summary = {
    rounds: rounds.filter(({ outcome }) => outcome === 'completed').length,
    accuracy: result.accuracy,
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
    await folder.save('holdings.json', text({ labels, clients }))
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
const clientsOf = (result: SeedResult): ClientResult[] => {
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
      ...(rows.length > 0 && scoreOf(own)),
      rounds: took.get(client) ?? 0,
      ...traits[index],
    }
  })
}

/** The last model on the held-out rows of each name of each category. */
const groupsOf = ({ test, task }: Dataset, { heldOut: { correct, losses } }: SeedResult): GroupResults => {
  const right = new Uint8Array(test.count).fill(1)
  return Object.fromEntries(
    Object.entries(describeRows(test, task).categories).map(([name, { names, of }]) => {
      const loss = new Float64Array(names.length)
      for (let row = 0; row < test.count; row++) {
        const group = of[row] ?? 0
        loss[group] = (loss[group] ?? 0) + (losses[row] ?? 0)
      }
      const tallies = tallyBy({ predicted: correct, expected: right }, { count: names.length, of })
      return [
        name,
        tallies.flatMap(({ rows, accuracy = 0 }, group) =>
          rows === 0
            ? []
            : [{ group: names[group] ?? '', examples: rows, accuracy, loss: (loss[group] ?? 0) / rows }],
        ),
      ]
    }),
  )
}
