import type { Opener } from '@tributary/protocols/crypto'
import type { Kernels } from '@tributary/protocols/kernels'
import { manifestOf } from '@tributary/protocols/task'
import { decodeSafetensors, encodeSafetensors, type TensorManifest } from '@tributary/protocols/tensors'
import type { RoundKeys } from '../crypto/round-keys.ts'
import type { BlobRef, Blobs } from '../ports/blobs.ts'
import type { Store } from '../ports/store.ts'
import { isRefusal } from '../refusal.ts'
import type { Member } from '../round/member.ts'
import type { Aggregating, RoundMetrics } from '../round/round.ts'
import { strategyOf } from '../strategies/registry.ts'
import type { Fold } from '../strategies/strategy.ts'
import type { ReadUpdate } from '../submissions/update-reader.ts'

export type Aggregation =
  | { kind: 'aggregated'; weights: BlobRef; examples: number; metrics: RoundMetrics }
  | { kind: 'refused'; reason: 'aggregation-failed' | 'gate-refused'; detail: string }

type Needs = {
  store: Pick<Store, 'tasks' | 'members'>
  models: Blobs
  updates: Blobs
  roundKeys: Pick<RoundKeys, 'opener'>
  readUpdate: ReadUpdate
  kernels: Kernels
}

type Received = Extract<Member, { status: 'received' }>

/** Sealed updates read from storage ahead of the one being folded. */
const READ_AHEAD = 4

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
    const manifest = manifestOf(task.file.model)
    const members = (await needs.store.members.ofRound(round.id)).filter(
      (member) => member.status === 'received',
    )
    const fold = strategyOf(task.file.strategy).start({
      kernels: needs.kernels,
      base: decodeSafetensors(baseFile).values,
    })
    try {
      const problem = await foldAll(needs, fold, members, { round, opener, manifest })
      if (problem) return failed(problem)
      return await publish(needs, fold.finish(), manifest, members)
    } finally {
      fold.release()
    }
  }

const foldAll = async (
  { updates, readUpdate }: Needs,
  fold: Fold,
  members: readonly Received[],
  { round, opener, manifest }: { round: Aggregating; opener: Opener; manifest: TensorManifest },
): Promise<string | undefined> => {
  for await (const [{ client, receipt }, envelope] of readAhead(updates, members)) {
    if (!envelope) return `the acknowledged update of client ${client} is gone from storage`
    const context = { task: round.task, round: round.id, client, model: round.base.digest }
    const delta = readUpdate({ envelope, opener, context, manifest })
    if (isRefusal(delta))
      return `the acknowledged update of client ${client} no longer opens: ${delta.detail}`
    fold.add({ client, delta, examples: receipt.examples })
  }
  return undefined
}

const publish = async (
  { kernels, models }: Needs,
  weights: Float32Array,
  manifest: TensorManifest,
  members: readonly Received[],
): Promise<Aggregation> => {
  if (kernels.firstNonFinite(weights) >= 0)
    return { kind: 'refused', reason: 'gate-refused', detail: 'the new weights are not finite' }
  return {
    kind: 'aggregated',
    weights: await models.put(encodeSafetensors({ tensors: manifest, values: weights })),
    examples: members.reduce((sum, { receipt }) => sum + receipt.examples, 0),
    metrics: weightedMetrics(members),
  }
}

async function* readAhead(
  updates: Blobs,
  members: readonly Received[],
): AsyncGenerator<[Received, Uint8Array | undefined]> {
  const reading: Promise<Uint8Array | undefined>[] = []
  const readNext = (index: number) => {
    const member = members[index]
    if (!member) return
    const read = updates.read(member.receipt.envelope)
    read.catch(() => {}) // awaited below; if the fold ends before, its fault is nobody's
    reading.push(read)
  }
  for (let i = 0; i < READ_AHEAD; i++) readNext(i)
  for (const [i, member] of members.entries()) {
    const envelope = await reading.shift()
    readNext(i + READ_AHEAD)
    yield [member, envelope]
  }
}

/**
 * Mean of each metric over the clients that report it, weighted by their examples. Claims are clients' own and may be as
 * large as numbers get: shares are added, so that no sum along the way is larger than what was claimed.
 */
const weightedMetrics = (members: readonly Received[]): RoundMetrics => {
  const examplesOf = new Map<string, number>()
  for (const { receipt } of members)
    for (const name of Object.keys(receipt.metrics))
      examplesOf.set(name, (examplesOf.get(name) ?? 0) + receipt.examples)
  const means = Array.from(examplesOf, ([name, examples]): [string, number] => {
    let mean = 0
    for (const { receipt } of members) {
      const value = receipt.metrics[name]
      if (value !== undefined) mean = finite(mean + value * (receipt.examples / examples))
    }
    return [name, mean]
  })
  return Object.fromEntries(means.sort())
}

/** Rounding can still carry a sum over the edge, and JSON has no infinity: the round could not be saved. */
const finite = (value: number): number => Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value))

const failed = (detail: string): Aggregation => ({ kind: 'refused', reason: 'aggregation-failed', detail })
