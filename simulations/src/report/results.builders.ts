/** Made-up results folders, the same for the same options; and small parts of one. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type * as z from 'zod'
import type { ClientResult, RoundResult, ScenarioRecord, SeedResults } from './results.ts'

type Completed = Extract<RoundResult, { outcome: 'completed' }>
export type MadeRun = {
  readonly name: string
  readonly seeds: readonly number[]
  readonly rounds: number
  readonly clients: number
  readonly cohort: number
  readonly labels: readonly string[]
  readonly ceiling: number
  /** From this round on the loss runs away. */
  readonly divergesFrom?: number
  /** Clients at the end of the list that are asked and never answer. */
  readonly dead?: number
  readonly scenario?: Partial<z.input<typeof ScenarioRecord>>
}

export const aRound = (round: number, known: Partial<Completed> = {}): Completed => ({
  round,
  outcome: 'completed',
  cohort: 10,
  received: 10,
  declined: 0,
  failed: 0,
  virtualSeconds: 12.5,
  seconds: 0.4,
  ...known,
})

export const aClient = (client: string, known: Partial<ClientResult> = {}): ClientResult => ({
  client,
  examples: 100,
  rounds: 3,
  ...known,
})

export const aSeed = (known: Partial<SeedResults> = {}): SeedResults => ({
  seed: 1,
  rounds: [],
  participation: new Map(),
  clients: [],
  personal: [],
  groups: {},
  holdings: undefined,
  summary: { rounds: 0, modelDigest: `sha256:${'0'.repeat(64)}`, seconds: 1 },
  ...known,
})

/** A run of digits by writer that goes as such runs go. */
export const DIGITS: MadeRun = {
  name: 'Digits by writer, label skew',
  seeds: [1, 2, 3],
  rounds: 60,
  clients: 100,
  cohort: 20,
  labels: [...'0123456789'],
  ceiling: 0.925,
}

/** A run of few hospitals that goes wrong in every way that a report looks for. */
export const HOSPITALS: MadeRun = {
  name: 'Heart disease, four hospitals and twelve clinics',
  seeds: [7],
  rounds: 24,
  clients: 16,
  cohort: 8,
  labels: ['healthy', 'diseased'],
  ceiling: 0.8,
  divergesFrom: 12,
  dead: 2,
  scenario: {
    dataset: { name: 'heart-disease', test: 'rows' },
    strategy: { name: 'fedadam', serverLearningRate: 0.5 },
    target: 0.85,
  },
}

/** Writes the folder of a made-up run, as the contract has it, and gives its path. */
export const writeRun = async (folder: string, run: MadeRun): Promise<string> => {
  const put = (name: string, value: unknown) =>
    writeFile(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value))
  const clients = Array.from({ length: run.clients }, (_, at) => `c${String(at).padStart(4, '0')}`)
  await mkdir(folder, { recursive: true })
  await put('scenario.json', {
    name: run.name,
    dataset: { name: 'mnist-writers' },
    partition: { kind: 'dirichlet', clients: run.clients, alpha: 0.3 },
    strategy: { name: 'fedavg', serverLearningRate: 1 },
    task: { cohort: { target: run.cohort, quorum: run.cohort / 2 }, plan: { epochs: 1, batchSize: 10 } },
    target: 0.9,
    startedAt: '2026-03-01T12:00:00Z',
    ...run.scenario,
    versions: { tributary: '0.1.0', node: '24.21.0' },
    seeds: run.seeds,
  })
  await put('baselines.json', {
    majority: { accuracy: 1 / run.labels.length + 0.013 },
    linear: { accuracy: run.ceiling - 0.045, loss: 0.42 },
    central: { accuracy: run.ceiling, loss: 0.24 },
  })
  const chance = chanceFrom(run.rounds)
  const held = clients.map((client) => {
    const tilt = run.labels.map(() => chance() ** 4)
    return { client, counts: tilt.map((own) => Math.round(own * 160 * (0.4 + chance()))) }
  })
  for (const seed of run.seeds) {
    await writeSeed(join(folder, `seed-${seed}`), run, seed, clients)
    await put(`seed-${seed}/holdings.json`, { labels: run.labels, clients: held })
  }
  return folder
}

const writeSeed = async (
  folder: string,
  run: MadeRun,
  seed: number,
  clients: readonly string[],
): Promise<void> => {
  await mkdir(folder, { recursive: true })
  const chance = chanceFrom(seed)
  const living = clients.slice(0, clients.length - (run.dead ?? 0))
  const took = new Map<string, number>()
  const rounds = Array.from({ length: run.rounds }, (_, at): RoundResult => {
    const round = at + 1
    const { divergesFrom = Number.POSITIVE_INFINITY } = run
    const cost = {
      virtualSeconds: 20 + 15 * chance(),
      seconds: 0.35 + 0.1 * chance() + (round === 1 ? 0.6 : 0),
      bytesDown: run.cohort * 31_400,
    }
    if (chance() < 0.05)
      return {
        round,
        outcome: 'abandoned',
        reason: 'no-quorum',
        detail: 'too few clients answered before the deadline',
        cohort: run.cohort,
        received: 3,
        bytesUp: 3 * 31_400,
        ...cost,
        virtualSeconds: 60,
      }
    const participants = living.filter(() => chance() < run.cohort / clients.length)
    for (const client of participants) took.set(client, (took.get(client) ?? 0) + 1)
    const away = Math.max(0, round - divergesFrom)
    const learned = 1 - Math.exp(-round / 9)
    const accuracy = Math.max(
      0.3,
      0.35 + (run.ceiling - 0.37) * learned - 0.03 * away + 0.025 * (chance() - 0.5) * (1.6 - learned),
    )
    return aRound(round, {
      version: round,
      cohort: run.cohort,
      received: participants.length,
      declined: Math.floor(2 * chance()),
      examples: participants.length * 600,
      loss: 0.28 + 1.6 * Math.exp(-round / 8) + 0.04 * chance() + (0.7 * away) ** 1.7,
      accuracy,
      metrics: { loss: 0.3 },
      bytesUp: participants.length * 31_400,
      ...cost,
      participants,
    })
  })
  const last = rounds.findLast((round) => round.outcome === 'completed')
  const accuracy = last?.outcome === 'completed' ? (last.accuracy ?? 0) : 0
  const lines = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('')
  await writeFile(join(folder, 'rounds.jsonl'), lines(rounds))
  await writeFile(
    join(folder, 'clients.jsonl'),
    lines(
      clients.map((client) => ({
        client,
        examples: Math.round(100 + 500 * chance()),
        loss: 0.2 + 0.3 * chance(),
        accuracy: Math.min(1, Math.max(0, accuracy + 0.06 - 0.5 * chance() ** 4 * chance() - 0.1 * chance())),
        rounds: took.get(client) ?? 0,
        asked: (took.get(client) ?? 0) + Math.floor(2 * chance()) + 1,
      })),
    ),
  )
  const groups = (names: readonly string[]) =>
    names.map((group) => ({
      group,
      examples: Math.round(400 + 600 * chance()),
      accuracy: Math.min(1, accuracy + 0.05 - 0.15 * chance()),
      loss: 0.2 + 0.2 * chance(),
    }))
  await writeFile(
    join(folder, 'groups.json'),
    JSON.stringify({ series: groups(['employee', 'student']), label: groups(run.labels) }),
  )
  const reached = rounds.find((round) => round.outcome === 'completed' && (round.accuracy ?? 0) >= 0.9)
  await writeFile(
    join(folder, 'summary.json'),
    JSON.stringify({
      rounds: rounds.length,
      accuracy,
      roundsToTarget: reached?.round ?? null,
      modelDigest: `sha256:${seed.toString(16).padStart(2, '0').repeat(32)}`,
      clientsPerSecond: 40 + 5 * chance(),
      seconds: 25 + 3 * chance(),
      peakMemoryMb: 180 + 20 * chance(),
      folder,
    }),
  )
}

/** Numbers from 0 to 1 that only the seed decides (Marsaglia's xorshift32). */
const chanceFrom = (seed: number): (() => number) => {
  let state = (seed * 2_654_435_761 + 1) >>> 0
  return () => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 2 ** 32
  }
}
