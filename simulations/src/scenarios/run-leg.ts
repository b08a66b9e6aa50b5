/**
 * A run of a seed is a sequence of legs. A leg is one world that comes to rest after so many completed rounds: all clients have left, nothing is
 * under way, and what lasts are tables, published bytes, the time, and what each client keeps. The next leg is a new world on those,
 * so a run that was broken off goes on from the last leg's end as if it had not been. Who has crashed is back by then, and attackers
 * remember nothing of their own from before.
 */
import { type CoordinatorNeeds, isRefusal, nextRefines, type Round } from '@tributary/coordinator'
import { type ClientId, ModelVersion, type TaskId } from '@tributary/protocols'
import type { SeededRandom } from '@tributary/protocols/runtime'
import { type Assignment, largestCohort, type TaskFile } from '@tributary/protocols/task'
import { decodeSafetensors } from '@tributary/protocols/tensors'
import type { Dataset } from '../datasets/index.ts'
import type { Population } from '../population/index.ts'
import type { RowsJudged, TrainingPool } from '../training/pool.ts'
import type { ClientMemory } from '../world/client-memory.ts'
import { createCrowd } from '../world/crowd.ts'
import type { Traffic } from '../world/memory-bulk.ts'
import { createWorld, type World } from '../world/world.ts'
import { attacksIn, createBackdoorJudge } from './attack-figures.ts'
import { drawnRows } from './drawn-rows.ts'
import { membersOf } from './members.ts'
import type { Holdings } from './phases.ts'
import type { Scenario } from './scenario.ts'
import { rootOf } from './scenario-population.ts'
import { scoreFor } from './score.ts'
import { type SimulatedRound, standingAfter } from './simulated-round.ts'
import { watchedGroups } from './watched-groups.ts'

export type LegNeeds = {
  scenario: Scenario
  dataset: Dataset
  seed: number
  file: TaskFile
  assignment: Assignment
  holdings: Holdings
  population: Population | undefined
  random: SeededRandom
  pool: TrainingPool
  /** The clock stands until it has been told. */
  told(round: SimulatedRound): void | Promise<void>
  signal: AbortSignal
}

/** What a leg begins from, and changes as it goes. */
export type LegGround = {
  leg: number
  store: CoordinatorNeeds['store']
  models: CoordinatorNeeds['models']
  /** Virtual. */
  startAt: number
  /** Those of earlier legs; its own are added. */
  rounds: SimulatedRound[]
  /** Of the clients, by index; the first leg of a process fills it. */
  ids: ClientId[]
  /** What each client keeps, by index. */
  clients: Map<number, ClientMemory>
  /** Bytes moved since the last round. */
  traffic: Traffic
}

export type LegEnd = {
  /** `at-rest`: the run is to go on with another leg; `stopped`: it was told to end. */
  kind: 'at-rest' | 'stopped' | 'done'
  /** Virtual. */
  at: number
  traffic: Traffic
  newest: NewestModel
}

export type NewestModel = {
  safetensors: Uint8Array
  weights: Float32Array
  judged?: RowsJudged
  attackSuccess?: number
}

type Ended = Extract<Round, { phase: 'completed' | 'abandoned' }>

/** Rounds that come to nothing, one after the other, before a run is given up. */
const MOST_IN_VAIN = 20
const OPERATOR = { id: 'simulate', name: 'simulate', role: 'admin' } as const

export const runLeg = async (needs: LegNeeds, ground: LegGround): Promise<LegEnd> => {
  const { scenario, file, assignment, population, pool, signal } = needs
  const { rounds } = ground
  const run: { end: LegEnd['kind'] | 'stuck' | undefined; failure: unknown } = {
    end: undefined,
    failure: undefined,
  }
  const target = scenario.target?.accuracy
  let standing = standingAfter(rounds, target)
  const before = standing.completed
  let newest: NewestModel | undefined
  const curve = drawnRows(needs.dataset.test.count, scenario.evaluateRows)
  const groupsOf = watchedGroups(scenario, needs.dataset)
  const isLast = (completed: number) => completed >= scenario.rounds

  const members = membersOf({ ...needs, round: () => crowd.round() })
  const root = rootOf(scenario)
  const judgeBackdoor = createBackdoorJudge(needs)
  const crowd = createCrowd({
    world: () => world,
    task: file.id,
    members,
    size: Math.min(members.length, onLine(file)),
    least: file.cohort.quorum,
    ...(root !== undefined && { always: [root] }),
    random: needs.random.fork(`crowd of leg ${ground.leg}`),
    ids: ground.ids,
    memories: ground.clients,
    begun: rounds.length,
    refused: (why) => {
      run.failure ??= why instanceof Error ? why : new Error(String(why))
    },
  })

  let since = { up: -ground.traffic.up, down: -ground.traffic.down, at: performance.now() }
  const moved = ({ traffic }: World): Traffic => ({
    up: traffic.up - since.up,
    down: traffic.down - since.down,
  })
  const ended = async (round: Ended) => {
    const result = await resultOf(round)
    rounds.push(result)
    standing = standingAfter([result], target, standing)
    await needs.told(result)
    // What clients keep to be summed again they keep from round to round, and not beyond a leg.
    const isRefined = nextRefines(file, round) !== undefined
    run.end = endAfter(result, isRefined)
    if (run.end) return
    if (file.mode.kind === 'buffered') await crowd.change(round)
    else crowd.begin(isRefined ? 'same' : 'drawn')
  }
  const endAfter = ({ outcome }: SimulatedRound, isRefined: boolean): typeof run.end => {
    const { completed, inVain, reached } = standing
    if (isLast(completed) || (reached !== null && scenario.stopAt === 'target')) return 'done'
    if (inVain >= MOST_IN_VAIN) return 'stuck'
    // Buffered rounds follow each other with clients at work: there is no rest between them.
    const isLegOver = file.mode.kind !== 'buffered' && standing.completed - before >= scenario.checkpointEvery
    if (outcome === 'completed' && isLegOver && !isRefined) return 'at-rest'
    return signal.aborted ? 'stopped' : undefined
  }
  const resultOf = async (round: Ended): Promise<SimulatedRound> => {
    const now = performance.now()
    const { invited, received, declined, failed } = round.tally
    const { up, down } = moved(world)
    const common = {
      round: round.number,
      cohort: invited,
      received,
      declined,
      failed,
      virtualSeconds: (round.endedAt - round.openedAt) / 1_000,
      seconds: (now - since.at) / 1_000,
      bytesUp: up,
      bytesDown: down,
    }
    since = { ...world.traffic, at: now }
    if (round.phase === 'abandoned')
      return { ...common, outcome: 'abandoned', reason: round.reason, detail: round.detail }
    const { version } = round.version
    const completed = standing.completed + 1
    newest = await modelOf(world, file.id, version)
    const rows = isLast(completed) ? undefined : curve
    const isJudged = completed % scenario.evaluateEvery === 0 || isLast(completed)
    const judged = isJudged ? await judge(newest, rows) : undefined
    const participants = await participantsOf(round)
    return {
      ...common,
      outcome: 'completed',
      version,
      examples: round.examples,
      ...(judged && { ...scoreFor(needs.dataset.task, judged), ...groupsOf(judged, rows) }),
      ...attacksIn(population, { round: crowd.round().number, participants }),
      ...(newest.attackSuccess !== undefined && { attackSuccess: newest.attackSuccess }),
      metrics: round.metrics,
      participants,
    }
  }
  /** On these held-out rows; on all, it is remembered. */
  const judge = async (model: NewestModel, rows: Uint32Array | undefined): Promise<RowsJudged> => {
    const { weights } = model
    const [judged, attackSuccess] = await Promise.all([
      pool.judge({ assignment, weights, split: 'test', ...(rows && { rows }) }),
      judgeBackdoor(weights),
    ])
    if (!rows) model.judged = judged
    if (attackSuccess !== undefined) model.attackSuccess = attackSuccess
    return judged
  }
  const participantsOf = async ({ id }: Round): Promise<string[]> =>
    (await world.store.members.ofRound(id))
      .filter(({ status }) => status === 'received')
      .map(({ client }) => crowd.memberOf(client)?.name ?? client)
      .sort()

  const world = await createWorld({
    seed: needs.seed,
    latencyMs: scenario.latencyMs,
    store: ground.store,
    models: ground.models,
    startAt: ground.startAt,
    leg: ground.leg,
    roundSaved(round) {
      if ((round.phase === 'completed' || round.phase === 'abandoned') && round.debts === 'owed')
        world.computing.now(ended(round)).catch((error: unknown) => {
          run.failure ??= error
        })
    },
  })
  try {
    await crowd.register()
    if (!(await world.store.tasks.get(file.id))) {
      const made = await world.coordinator.services.tasks.create(file, OPERATOR)
      if (isRefusal(made)) throw new Error(`the coordinator refuses the task: ${made.detail}`)
    }
    if (file.mode.kind === 'buffered') await crowd.change(undefined)
    else crowd.begin('drawn')
    const began = await world.runUntil(() => run.end !== undefined || run.failure !== undefined)
    if (run.failure !== undefined) throw run.failure
    if (run.end === 'stuck' || began === 'nothing left' || !run.end) throw new Error(whyStuck(rounds))
    crowd.end()
    if (run.end === 'at-rest') await world.rest()
    return {
      kind: run.end,
      at: world.clock.now(),
      traffic: moved(world),
      newest: newest ?? (await newestOf(world, file.id)),
    }
  } finally {
    crowd.end()
    await world.close()
  }
}

/** Clients on the line at a time: a cohort, or of buffered rounds those at work and as many as may follow them until the next version. */
const onLine = ({ cohort, mode }: TaskFile): number =>
  mode.kind === 'buffered' ? mode.concurrency + cohort.target : largestCohort(cohort)

const modelOf = async (world: World, task: TaskId, version: number): Promise<NewestModel> => {
  const found = await world.coordinator.services.models.weights(task, ModelVersion.parse(version))
  if (isRefusal(found)) throw new Error(found.detail)
  const chunks: Uint8Array[] = []
  for await (const chunk of found.blob.stream()) chunks.push(chunk)
  const safetensors = new Uint8Array(Buffer.concat(chunks))
  return { safetensors, weights: decodeSafetensors(safetensors).values }
}

const newestOf = async (world: World, task: TaskId): Promise<NewestModel> => {
  const record = await world.store.models.latest(task)
  if (!record) throw new Error(`task ${task} has no model`)
  return modelOf(world, task, record.version)
}

const whyStuck = (rounds: readonly SimulatedRound[]): string => {
  const last = rounds.at(-1)
  return last?.outcome === 'abandoned'
    ? `rounds come to nothing: ${last.reason}, ${last.detail}`
    : 'the world came to a standstill before the last round'
}
