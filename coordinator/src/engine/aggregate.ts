import type { ClientId, ModelVersion } from '@tributary/protocols'
import type { CohortKernels } from '@tributary/protocols/cohort-kernels'
import { compressedFormOf } from '@tributary/protocols/compression'
import type { Opener, X25519 } from '@tributary/protocols/crypto'
import type { createCentralSum, PromisedPrivacy } from '@tributary/protocols/privacy'
import { rowsOfGroup, type Summing } from '@tributary/protocols/secagg'
import { clipAfter, followingOf, promisedPrivacyOf } from '@tributary/protocols/secure-round'
import {
  type Cut,
  cutOf,
  manifestOf,
  type TaskFile,
  travelling,
  updateManifestOf,
} from '@tributary/protocols/task'
import {
  decodeSafetensors,
  encodeSafetensors,
  type TensorManifest,
  totalElements,
} from '@tributary/protocols/tensors'
import type { RoundKeys } from '../crypto/round-keys.ts'
import type { BlobRef, Blobs } from '../ports/blobs.ts'
import type { Store } from '../ports/store.ts'
import { isRefusal } from '../refusal.ts'
import type { Invited, Member, Receipt } from '../round/member.ts'
import type { Aggregating, KeptState, RoundMetrics } from '../round/round.ts'
import { extrasIn } from '../strategies/extras.ts'
import { type Gathering, gathered } from '../strategies/gathered.ts'
import { strategyOf } from '../strategies/registry.ts'
import { stalenessWeight } from '../strategies/staleness.ts'
import type { ClientUpdate, Combined, Strategy } from '../strategies/strategy.ts'
import { readMasked } from '../submissions/masked-reader.ts'
import type { ReadUpdate } from '../submissions/update-reader.ts'
import { carriedFrom } from './carried.ts'
import type { Engine } from './engine.ts'
import { type GroupMean, togetherOf } from './group-means.ts'
import { noisedSum } from './noised-sum.ts'
import { readAhead } from './read-ahead.ts'
import type { NoiseOf } from './round-noise.ts'
import { secureSum, type Unmask } from './secure-sum.ts'
import { keepState, readState } from './strategy-state.ts'
import { weightedMetrics } from './weighted-metrics.ts'

export type Aggregation =
  | {
      kind: 'aggregated'
      weights: BlobRef
      /** What the strategy leaves with the version. */
      state?: KeptState
      examples: number
      metrics: RoundMetrics
      /** What the next round clips to, where that follows the clients. */
      nextClip?: number
    }
  | {
      kind: 'refused'
      reason: 'aggregation-failed' | 'gate-refused' | 'wrong-dealing' | 'out-of-range'
      detail: string
    }

type Needs = {
  store: Pick<Store, 'tasks' | 'members' | 'models'>
  models: Blobs
  updates: Blobs
  roundKeys: Pick<RoundKeys, 'opener'>
  readUpdate: ReadUpdate
  kernels: CohortKernels
  session: Engine['session']
  unmask: Unmask
  x25519: X25519
  /** Clips, sums and noises: what the claims of `central` and `dp-ftrl` rest on. */
  centralSum: typeof createCentralSum
  /** The round's noise, where its task promises any: the same bytes however often they are asked for. */
  noise: NoiseOf
}

type Told = Pick<Extract<Aggregation, { kind: 'aggregated' }>, 'examples' | 'metrics' | 'nextClip'>
type Received = Extract<Member, { status: 'received' }>
type OpenReceipt = Exclude<Receipt, { masked: unknown }>
/** A member whose update the coordinator can open. */
type Opened = { client: ClientId; receipt: OpenReceipt; invitation?: Invited | undefined }

/**
 * Folds a round's updates into new weights. Updates are taken in the order of client ids, one at a time, so the
 * result is the same bytes whatever the order of arrival and however often the work was begun (law 6).
 */
export const createAggregate =
  (needs: Needs) =>
  async (round: Aggregating): Promise<Aggregation> => {
    const task = await needs.store.tasks.get(round.task)
    const baseFile = await needs.models.read(round.base.digest)
    const opener = await needs.roundKeys.opener(round.id)
    if (!task || !baseFile || !opener)
      return failed(`the ${!task ? 'task' : !baseFile ? 'base weights' : 'round key'} cannot be found`)
    const whole = decodeSafetensors(baseFile).values
    const cut = cutOf(task.file)
    const file = travelling(task.file)
    const manifest = manifestOf(file.model)
    const base = cut.shared(whole)
    const publishing = { tensors: manifestOf(task.file.model), cut, own: cut.own(whole) }
    const members = (await needs.store.members.ofRound(round.id)).filter(
      (member) => member.status === 'received',
    )
    const state = await readState(needs, round)
    if (state === 'lost') return failed('the state that the strategy left with the base cannot be found')
    const strategy = strategyOf(file.strategy)
    const fold = gathered(strategy, { kernels: needs.kernels, base, state })
    const version = await needs.store.models.get(round.task, round.base.version)
    const since = version && carriedFrom(file, version)?.since
    const open = { round, opener, manifest, file, since, needed: strategy.needs, publishing }
    try {
      return round.sessions
        ? await aggregateSecurely(needs, fold, members, { ...open, sessions: round.sessions })
        : await aggregateOpened(needs, fold, members, open)
    } finally {
      fold.release()
    }
  }

type Opening = {
  round: Aggregating
  opener: Opener
  /** Of the tensors that travel, as the file's model is. */
  manifest: TensorManifest
  file: TaskFile
  /** What a version has beside them: tensors that each client has its own of, as they are in the base. */
  publishing: { tensors: TensorManifest; cut: Pick<Cut, 'joined'>; own: Float32Array }
  /** Of strategies whose clients keep vectors of their own: the version from which it has gone on. */
  since: ModelVersion | undefined
  /** What the strategy needs of each update beside its delta. */
  needed: Strategy['needs']
}

const aggregateOpened = async (
  needs: Needs,
  fold: Gathering,
  received: readonly Received[],
  open: Opening,
): Promise<Aggregation> => {
  const members = received.flatMap(({ client, receipt, invitation }): Opened[] =>
    'masked' in receipt ? [] : [{ client, receipt, invitation }],
  )
  const promised = promisedPrivacyOf(open.file)
  if (promised) return aggregateNoised(needs, fold, members, { ...open, promised })
  const problem = await foldAll(needs, members, { ...open, manifest: updateManifestOf(open.file) }, fold.add)
  if (problem) return failed(problem)
  return publish(needs, fold.finish(), open, {
    examples: members.reduce((sum, { receipt }) => sum + receipt.examples, 0),
    metrics: weightedMetrics(members),
  })
}

/**
 * Under a promise of differential privacy every update counts alike, and nothing is told of what clients say beside it. Where the coordinator adds the
 * noise, the clipped sum is divided by the quorum: a number fixed beforehand, never how many came.
 */
const aggregateNoised = async (
  needs: Needs,
  fold: Gathering,
  members: readonly Opened[],
  { promised, ...open }: Opening & { promised: PromisedPrivacy },
): Promise<Aggregation> => {
  const told = { examples: members.length, metrics: {} }
  if (promised.mechanism === 'local' || promised.mechanism === 'distributed') {
    const problem = await foldAll(needs, members, open, ({ client, delta }) =>
      fold.add({ client, delta, examples: 1 }),
    )
    return problem ? failed(problem) : publish(needs, fold.finish(), open, told)
  }
  const sum = await noisedSum(needs, {
    round: open.round,
    file: open.file,
    promised,
    clients: members.length,
    each: (manifest, add) => foldAll(needs, members, { ...open, manifest }, ({ delta }) => add(delta)),
  })
  if (sum.kind === 'failed') return failed(sum.detail)
  const { values, nextClip } = sum
  needs.kernels.scale(values, 1 / open.file.cohort.quorum)
  fold.add({ delta: values, examples: 1, clients: open.file.cohort.quorum })
  return publish(needs, fold.finish(), open, {
    ...told,
    ...(nextClip !== undefined && { nextClip }),
  })
}

/** What the next round clips to, where that follows the clients, of whom this fraction was within this round's. */
const next = ({ file, round }: Pick<Opening, 'file' | 'round'>, within: number | undefined) => {
  const following = followingOf(file)
  return following && round.clip !== undefined && within !== undefined
    ? { nextClip: clipAfter(round.clip, following, within) }
    : {}
}

/** Of a secure round there is one update to fold for each group: the mean of all in it that survived. It goes by its first client. */
const aggregateSecurely = async (
  needs: Needs,
  fold: Gathering,
  received: readonly Received[],
  { sessions, ...open }: Opening & { sessions: readonly Summing[] },
): Promise<Aggregation> => {
  const { rows: all } = (await needs.session(open.round.id)) ?? {}
  // The round has gone on meanwhile, in another process or by a save that was never answered: nobody waits for this.
  if (!all) return failed('the round is being aggregated no more')
  const means: GroupMean[] = []
  for (const session of sessions) {
    const rows = rowsOfGroup(all, session.manifest.group ?? 0)
    const clients = new Set(session.survivors.map((member) => rows.session()?.clients[member]))
    const survivors = received.filter(({ client }) => clients.has(client))
    if (survivors.length !== session.survivors.length)
      return failed(`${session.survivors.length} vectors are to be summed, and ${survivors.length} are there`)
    const mean = await secureSum(needs, {
      session,
      rows,
      assignment: open.file,
      vectors: maskedVectors(needs, survivors, open, session),
    })
    if (mean.kind === 'refused') return mean
    const { delta, control, ...told } = mean
    const [first] = survivors
    fold.add({
      delta,
      ...(control && { control }),
      examples: mean.examples,
      clients: survivors.length,
      ...(first && { client: first.client }),
    })
    means.push({ ...told, clients: survivors.length })
  }
  const { within, ...together } = togetherOf(means)
  // Weights by distance are no examples.
  const told = open.round.refines ? { ...together, examples: open.round.refines.clients } : together
  return publish(needs, fold.finish(), open, { ...told, ...next(open, within) })
}

async function* maskedVectors(
  { updates }: Needs,
  survivors: readonly Received[],
  { round, opener }: Opening,
  { manifest }: Summing,
): AsyncGenerator<{ client: ClientId; packed: Uint8Array } | { lost: string }> {
  for await (const [{ client, receipt }, envelope] of readAhead(updates, survivors)) {
    if (!envelope || !('masked' in receipt)) {
      yield { lost: `the acknowledged vector of client ${client} is gone from storage` }
      return
    }
    const context = { task: round.task, round: round.id, client, model: round.base.digest }
    const packed = readMasked({ envelope, opener, context, layout: manifest.vector, masked: receipt.masked })
    if (isRefusal(packed)) {
      yield { lost: `the acknowledged vector of client ${client} no longer opens: ${packed.detail}` }
      return
    }
    yield { client, packed }
  }
}

const foldAll = async (
  { updates, readUpdate, roundKeys, kernels }: Needs,
  members: readonly Opened[],
  { round, opener, manifest, file, needed }: Opening,
  add: (update: ClientUpdate) => void,
): Promise<string | undefined> => {
  const length = totalElements(manifestOf(file.model))
  const compressed = compressedFormOf(file)
  for await (const [{ client, receipt, invitation }, envelope] of readAhead(updates, members)) {
    if (!envelope) return `the acknowledged update of client ${client} is gone from storage`
    const to = invitation ?? { round: round.id, base: round.base }
    const context = { task: round.task, round: to.round, client, model: to.base.digest }
    const opens = to.round === round.id ? opener : await roundKeys.opener(to.round)
    if (!opens) return `the key of round ${to.round} is gone, which client ${client} has sealed its update to`
    const values = readUpdate({ envelope, opener: opens, context, manifest, compressed })
    if (isRefusal(values))
      return `the acknowledged update of client ${client} no longer opens: ${values.detail}`
    const hasControl = needed.includes('control')
    const delta = hasControl ? values.subarray(0, length) : values
    if (file.mode.kind === 'buffered') {
      const weight = stalenessWeight(file.mode.staleness, round.base.version - to.base.version)
      if (weight !== 1) kernels.scale(delta, weight)
    }
    const extras = extrasIn(needed, receipt.metrics, hasControl ? values.subarray(length) : undefined)
    if ('missing' in extras) return `client ${client} claims too little for the strategy: ${extras.missing}`
    add({ client, delta, examples: receipt.examples, ...extras })
  }
  return undefined
}

const publish = async (
  { models }: Needs,
  made: Combined,
  { publishing: { tensors, cut, own }, since }: Pick<Opening, 'publishing' | 'since'>,
  told: Told,
): Promise<Aggregation> => {
  if (made.kind === 'refused')
    return made.reason === 'not-finite'
      ? { kind: 'refused', reason: 'gate-refused', detail: made.detail }
      : failed(made.detail)
  return {
    kind: 'aggregated',
    weights: await models.put(
      encodeSafetensors({ tensors, values: cut.joined({ shared: made.weights, own }) }),
    ),
    ...(made.state && {
      state: { ...(await keepState(models, made.state)), ...(since !== undefined && { since }) },
    }),
    ...told,
  }
}

const failed = (detail: string): Aggregation => ({ kind: 'refused', reason: 'aggregation-failed', detail })
