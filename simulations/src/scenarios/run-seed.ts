import { createHash } from 'node:crypto'
import { createPersonalTraining } from '@tributary/client-sdk/personal'
import { isRefusal, type Round } from '@tributary/coordinator'
import { ModelVersion, type TaskId } from '@tributary/protocols'
import { seededRandom, uniform } from '@tributary/protocols/runtime'
import { assignmentOf, largestCohort } from '@tributary/protocols/task'
import { decodeSafetensors } from '@tributary/protocols/tensors'
import type { Dataset } from '../datasets/index.ts'
import { describeRows, partition } from '../partitions/index.ts'
import type { RowsJudged, TrainingPool } from '../training/pool.ts'
import { type CrowdMember, createCrowd } from '../world/crowd.ts'
import { createWorld, type World, type WorldOptions } from '../world/world.ts'
import { holdOut } from './hold-out.ts'
import { judgePersonal, type PersonalResult } from './judge-personal.ts'
import { type Scenario, taskOfScenario } from './scenario.ts'

/** One round as results keep it; bytes are those of all clients since the round before. */
export type SimulatedRound = {
  round: number
  cohort: number
  received: number
  declined: number
  failed: number
  virtualSeconds: number
  /** Of computing, since the round before. */
  seconds: number
  bytesUp: number
  bytesDown: number
} & (
  | {
      outcome: 'completed'
      version: number
      examples: number
      /** Of the new model on the held-out set, where the round was evaluated. */
      loss?: number
      accuracy?: number
      /** Means that clients told. */
      metrics: Record<string, number>
      participants: string[]
    }
  | { outcome: 'abandoned'; reason: string; detail: string }
)

export type SeedResult = {
  rounds: SimulatedRound[]
  parts: Uint32Array[]
  /** Safetensors. */
  model: Uint8Array
  modelDigest: string
  /** The last model on each held-out row, and on each training row. */
  heldOut: RowsJudged
  trained: RowsJudged
  /** Of clients that hold rows out, where the scenario has them do so. */
  personal: PersonalResult[]
  accuracy: number
  loss: number
  roundsToTarget: number | null
  clientsPerSecond: number
  seconds: number
}

type Needs = {
  scenario: Scenario
  dataset: Dataset
  pool: TrainingPool
  seed: number
  told(round: SimulatedRound): void
  /** Ends the run after the round that is at work. */
  signal: AbortSignal
  /** Where the tables are, empty; left out, SQLite in memory. */
  store?: WorldOptions['store']
}

type Ended = Extract<Round, { phase: 'completed' | 'abandoned' }>

/** Rounds that come to nothing, one after the other, before a run is given up. */
const MOST_ABANDONED = 20

/** Runs a scenario from one seed: the same seed gives the same bytes, whatever the number of threads. */
export const runSeed = async ({
  scenario,
  dataset,
  pool,
  seed,
  told,
  signal,
  store,
}: Needs): Promise<SeedResult> => {
  const startedAt = performance.now()
  const random = seededRandom(`scenario ${seed}`)
  const whole = partition(describeRows(dataset.train, dataset.task), scenario.partition, seed)
  const { parts, held } = holdOut(whole, scenario.holdOut, random.fork('held out'))
  const file = taskOfScenario(scenario, dataset, seed)
  const assignment = assignmentOf(file)
  const rounds: SimulatedRound[] = []
  const run: { over: 'no' | 'done' | 'stopped' | 'stuck'; failure: unknown } = {
    over: 'no',
    failure: undefined,
  }
  let abandoned = 0
  let reached: number | null = null
  let updates = 0
  let last: { version: number; weights: Float32Array; judged?: RowsJudged } | undefined

  const members = parts.map((rows, index): CrowdMember => {
    const chance = random.fork(`device ${index}`)
    const factor = scenario.costs.slowest ** uniform(chance)
    return {
      name: clientName(index),
      trainMs: Math.max(1, Math.round(rows.length * file.plan.epochs * scenario.costs.msPerExample * factor)),
      trainer: {
        train: ({ assignment: asked, weights, plan, correction, seed: training }) =>
          pool.train({ assignment: asked, weights, rows, plan, correction, seed: training }),
      },
      personal: file.personalization && createPersonalTraining(),
    }
  })
  const crowd = createCrowd({
    world: () => world,
    task: file.id,
    members,
    size: Math.min(members.length, largestCohort(file.cohort)),
    random: random.fork('crowd'),
    refused: (why) => {
      run.failure ??= why instanceof Error ? why : new Error(String(why))
    },
  })

  let since = { up: 0, down: 0, at: performance.now() }
  const ended = async (round: Ended) => {
    await account(round)
    if (run.over === 'no') crowd.begin()
  }
  const account = async (round: Ended) => {
    const { traffic } = world
    const now = performance.now()
    const { invited, received, declined, failed } = round.tally
    const common = {
      round: round.number,
      cohort: invited,
      received,
      declined,
      failed,
      virtualSeconds: (round.endedAt - round.openedAt) / 1_000,
      seconds: (now - since.at) / 1_000,
      bytesUp: traffic.up - since.up,
      bytesDown: traffic.down - since.down,
    }
    since = { ...traffic, at: now }
    updates += received
    if (round.phase === 'abandoned') {
      abandoned += 1
      keep({ ...common, outcome: 'abandoned', reason: round.reason, detail: round.detail })
      if (abandoned >= MOST_ABANDONED) run.over = 'stuck'
      return
    }
    abandoned = 0
    const done = rounds.filter(({ outcome }) => outcome === 'completed').length + 1
    const isLast = done >= scenario.rounds
    const weights = await weightsOf(world, file.id, round.version.version)
    last = { version: round.version.version, weights }
    if (done % scenario.evaluateEvery === 0 || isLast)
      last.judged = await pool.judge({ assignment, weights, split: 'test' })
    const score = last.judged && scoreOf(last.judged)
    if (score && scenario.target && score.accuracy >= scenario.target.accuracy) reached ??= done
    keep({
      ...common,
      outcome: 'completed',
      version: round.version.version,
      examples: round.examples,
      ...score,
      metrics: round.metrics,
      participants: await participantsOf(round),
    })
    if (isLast || (reached !== null && scenario.stopAt === 'target')) run.over = 'done'
    else if (signal.aborted) run.over = 'stopped'
  }
  const keep = (round: SimulatedRound) => {
    rounds.push(round)
    told(round)
  }
  const participantsOf = async ({ id }: Round): Promise<string[]> =>
    (await world.store.members.ofRound(id))
      .filter(({ status }) => status === 'received')
      .map(({ client }) => crowd.memberOf(client)?.name ?? client)
      .sort()

  const world = await createWorld({
    seed,
    latencyMs: scenario.latencyMs,
    ...(store && { store }),
    roundSaved(round) {
      if ((round.phase === 'completed' || round.phase === 'abandoned') && round.debts === 'owed')
        world.computing.now(ended(round)).catch((error: unknown) => {
          run.failure ??= error
        })
    },
  })
  try {
    await crowd.register()
    const made = await world.coordinator.services.tasks.create(file, {
      id: 'simulate',
      name: 'simulate',
      role: 'admin',
    })
    if (isRefusal(made)) throw new Error(`the coordinator refuses the task: ${made.detail}`)
    crowd.begin()
    const began = await world.runUntil(() => run.over !== 'no' || run.failure !== undefined)
    if (run.failure !== undefined) throw run.failure
    if (run.over === 'stuck' || began === 'nothing left') throw new Error(whyStuck(rounds))
    if (!last) throw new Error('no round completed')
    const { version, weights } = last
    const heldOut = last.judged ?? (await pool.judge({ assignment, weights, split: 'test' }))
    const trained = await pool.judge({ assignment, weights, split: 'train', rows: concatenated(parts) })
    const personal = await judgePersonal({
      ...{ pool, task: file.id, assignment, weights, parts, held },
      personalization: scenario.personalization,
      kept: members.map((member) => member.personal),
      random: random.fork('fine-tuning'),
    })
    const model = await bytesOf(world, file.id, version)
    const seconds = (performance.now() - startedAt) / 1_000
    return {
      rounds,
      parts,
      model,
      modelDigest: `sha256:${createHash('sha256').update(model).digest('hex')}`,
      heldOut,
      trained,
      personal,
      ...scoreOf(heldOut),
      roundsToTarget: reached,
      clientsPerSecond: updates / seconds,
      seconds,
    }
  } finally {
    crowd.end()
    await world.close()
  }
}

export const clientName = (index: number): string => `c${String(index).padStart(5, '0')}`

/** Means over rows, added in their order. */
export const scoreOf = ({ losses, correct }: RowsJudged): { loss: number; accuracy: number } => ({
  loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
  accuracy: correct.reduce((sum, right) => sum + right, 0) / correct.length,
})

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

const bytesOf = async (world: World, task: TaskId, version: number): Promise<Uint8Array> => {
  const found = await world.coordinator.services.models.weights(task, ModelVersion.parse(version))
  if (isRefusal(found)) throw new Error(found.detail)
  const chunks: Uint8Array[] = []
  for await (const chunk of found.blob.stream()) chunks.push(chunk)
  return new Uint8Array(Buffer.concat(chunks))
}

const weightsOf = async (world: World, task: TaskId, version: number): Promise<Float32Array> =>
  decodeSafetensors(await bytesOf(world, task, version)).values

const whyStuck = (rounds: readonly SimulatedRound[]): string => {
  const last = rounds.at(-1)
  return last?.outcome === 'abandoned'
    ? `rounds come to nothing: ${last.reason}, ${last.detail}`
    : 'the world came to a standstill before the last round'
}
