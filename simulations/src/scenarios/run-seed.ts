import { createHash } from 'node:crypto'
import { type CoordinatorNeeds, memoryBlobs, openMemoryTables } from '@tributary/coordinator'
import type { ClientId } from '@tributary/protocols'
import { seededRandom } from '@tributary/protocols/runtime'
import { assignmentOf } from '@tributary/protocols/task'
import type { Dataset } from '../datasets/index.ts'
import { describeRows, partition } from '../partitions/index.ts'
import type { RowsJudged, TrainingPool } from '../training/pool.ts'
import type { ClientMemory } from '../world/client-memory.ts'
import type { Traffic } from '../world/memory-bulk.ts'
import { neededBlobs } from '../world/needed-blobs.ts'
import { EPOCH_MS } from '../world/world.ts'
import { type ClientTraits, traitsOf } from './client-traits.ts'
import { holdOut } from './hold-out.ts'
import { judgePersonal, type PersonalResult } from './judge-personal.ts'
import { holdingsInPhases } from './phases.ts'
import { runLeg } from './run-leg.ts'
import { type Scenario, taskOfScenario } from './scenario.ts'
import { populationOf, type Traces } from './scenario-population.ts'
import { scoreOf } from './score.ts'
import { type SimulatedRound, standingAfter } from './simulated-round.ts'

export type SeedResult = {
  /** `stopped`: it was told to end before its last round. */
  ended: 'done' | 'stopped'
  rounds: readonly SimulatedRound[]
  parts: readonly Uint32Array[]
  /** Of each client, where the scenario names a population. */
  traits: readonly ClientTraits[]
  /** Safetensors. */
  model: Uint8Array
  modelDigest: string
  /** The last model on each held-out row, and on each training row. */
  heldOut: RowsJudged
  trained: RowsJudged
  /** Of clients that hold rows out, where the scenario has them do so. */
  personal: readonly PersonalResult[]
  accuracy: number
  loss: number
  roundsToTarget: number | null
  clientsPerSecond: number
  seconds: number
}

/** All that lasts of a run at the end of a leg: from it the run goes on to the same bytes. */
export type Checkpoint = {
  /** Legs that have ended. */
  legs: number
  rounds: readonly SimulatedRound[]
  /** Virtual time, in milliseconds since 1970. */
  at: number
  /** Of computing so far. */
  seconds: number
  /** Bytes moved since the last round ended. */
  traffic: Traffic
  /** The coordinator's, as the bytes of an SQLite file. */
  tables: Uint8Array
  /** Published bytes that the next round needs. */
  blobs: readonly Uint8Array[]
  /** What each client keeps, by index. */
  clients: ReadonlyMap<number, ClientMemory>
}

export type SeedNeeds = {
  scenario: Scenario
  dataset: Dataset
  pool: TrainingPool
  seed: number
  /** The run goes on when it has been told. */
  told(round: SimulatedRound): void | Promise<void>
  /** Ends the run after the round that is at work. */
  signal: AbortSignal
  /** Takes what lasts at the end of each leg but the last; the run goes on when it is kept. */
  keep?(checkpoint: Checkpoint): void | Promise<void>
  /** Where an earlier run of the same scenario and seed was broken off. */
  from?: Checkpoint
  /** Where the tables are, empty, for a run that is not kept; left out, SQLite in memory. Whoever opened them closes them. */
  store?: CoordinatorNeeds['store']
  /** What the trace files hold that the population names. */
  traces?: Traces
}

/** Runs a scenario from one seed: the same seed gives the same bytes, whatever the number of threads and however often it was broken off. */
export const runSeed = async (needs: SeedNeeds): Promise<SeedResult> => {
  const { scenario, dataset, pool, seed, signal, keep, from } = needs
  if (needs.store && (keep || from))
    throw new RangeError('tables from elsewhere are not kept in a checkpoint')
  const startedAt = performance.now()
  const secondsSoFar = () => (from?.seconds ?? 0) + (performance.now() - startedAt) / 1_000
  const random = seededRandom(`scenario ${seed}`)
  const described = describeRows(dataset.train, dataset.task)
  const whole = partition(described, scenario.partition, seed)
  const { parts, held } = holdOut(whole, scenario.holdOut, random.fork('held out'))
  const holdings = holdingsInPhases(described, parts, scenario.phases)
  const file = taskOfScenario(scenario, dataset, seed)
  const assignment = assignmentOf(file)
  const population = populationOf(scenario, parts.length, seed, needs.traces)
  const tables = needs.store
    ? { store: needs.store, image: undefined }
    : await openMemoryTables(from && { image: from.tables })
  const { store } = tables
  const rounds = [...(from?.rounds ?? [])]
  const clients = new Map([...(from?.clients ?? [])].map(([index, memory]) => [index, new Map(memory)]))
  const ids: ClientId[] = []
  let { legs, at, traffic, blobs } = from ?? BEGINNING
  try {
    for (;;) {
      const models = memoryBlobs()
      for (const bytes of blobs) await models.put(bytes)
      const end = await runLeg(
        { ...needs, file, assignment, holdings, population, random },
        { leg: legs + 1, store, models, startAt: at, rounds, ids, clients, traffic },
      )
      if (end.kind === 'at-rest') {
        legs += 1
        at = end.at
        traffic = end.traffic
        blobs = await neededBlobs({ store, models }, file.id)
        if (keep && tables.image)
          await keep({
            legs,
            rounds: [...rounds],
            at,
            seconds: secondsSoFar(),
            traffic,
            tables: tables.image(),
            blobs,
            clients,
          })
        if (!signal.aborted) continue
      }
      const { safetensors, weights, judged } = end.newest
      const heldOut = judged ?? (await pool.judge({ assignment, weights, split: 'test' }))
      const trained = await pool.judge({ assignment, weights, split: 'train', rows: concatenated(parts) })
      const personal = await judgePersonal({
        ...{ pool, task: file.id, assignment, weights, parts, held, clients },
        personalization: scenario.personalization,
        random: random.fork('fine-tuning'),
      })
      const seconds = secondsSoFar()
      const { reached, updates } = standingAfter(rounds, scenario.target?.accuracy)
      return {
        ended: end.kind === 'done' ? 'done' : 'stopped',
        rounds,
        parts,
        traits: traitsOf(scenario, population),
        model: safetensors,
        modelDigest: `sha256:${createHash('sha256').update(safetensors).digest('hex')}`,
        heldOut,
        trained,
        personal,
        ...scoreOf(heldOut),
        roundsToTarget: reached,
        clientsPerSecond: updates / seconds,
        seconds,
      }
    }
  } finally {
    if (tables.image) await store.close()
  }
}

const BEGINNING: Pick<Checkpoint, 'legs' | 'at' | 'traffic' | 'blobs'> = {
  legs: 0,
  at: EPOCH_MS,
  traffic: { up: 0, down: 0 },
  blobs: [],
}

/** The rows of all clients, one after the other. */
const concatenated = (parts: readonly Uint32Array[]): Uint32Array => {
  const rows = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    rows.set(part, at)
    at += part.length
  }
  return rows
}
