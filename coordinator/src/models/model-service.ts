import { type Digest, ModelVersion, type TaskId } from '@tributary/protocols'
import type { Clock } from '@tributary/protocols/runtime'
import { MOST_FROZEN_BYTES, manifestOf } from '@tributary/protocols/task'
import {
  arrangeTensors,
  DEFAULT_MAX_HEADER_BYTES,
  decodeSafetensors,
  encodeSafetensors,
  firstNonFinite,
  TensorFormatError,
  totalBytes,
} from '@tributary/protocols/tensors'
import { ConflictError } from '../faults/storage.ts'
import { earlierResource, rememberReply } from '../idempotency.ts'
import type { Blobs } from '../ports/blobs.ts'
import type { ModelRecord, Origin, Task } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import { isOpen } from '../round/round.ts'
import type { Actor, Idempotency, ModelService } from '../services.ts'
import { takeInFile } from './take-in-file.ts'

type Needs = {
  clock: Clock
  store: Store
  models: Blobs
  scan(values: Float32Array): number
  /** A task has a new version that no round made. */
  imported(task: TaskId): void
}

/** Versions of models: looked up, brought in from outside, rolled back. Rounds make theirs through the engine. */
export const createModelService = (needs: Needs): ModelService => {
  const { store, models, clock } = needs

  const taskOf = async (id: TaskId): Promise<Task | Refusal> =>
    (await store.tasks.get(id)) ?? refuse('not-found', `there is no task ${id}`)

  const versionOf = async (task: TaskId, version: ModelVersion): Promise<ModelRecord | Refusal> =>
    (await store.models.get(task, version)) ??
    refuse('not-found', `task ${task} has no model version ${version}`)

  const openRound = async (task: TaskId): Promise<Refusal | undefined> => {
    const round = await store.rounds.latest(task)
    if (!round || !isOpen(round)) return undefined
    return refuse('round-open', `round ${round.id} is at work: wait for it or abandon it first`, {
      about: { round: round.id },
    })
  }

  /** Adds a version after the newest. While a round is open its result will be the next version, so nothing else may be. */
  const add = async (
    task: Task,
    what: { weights: ModelRecord['weights']; origin: Origin },
    actor: Actor,
    idempotency: Idempotency | undefined,
  ): Promise<ModelRecord | Refusal> => {
    const open = await openRound(task.id)
    if (open) return open
    const newest = await store.models.latest(task.id)
    const at = clock.now()
    const model: ModelRecord = {
      task: task.id,
      version: ModelVersion.parse((newest?.version ?? 0) + 1),
      parent: newest?.version ?? null,
      weights: what.weights,
      assignment: task.assignment.digest,
      origin: what.origin,
      createdAt: at,
    }
    await store.commit([
      { kind: 'insert-model', model },
      ...rememberReply(idempotency, String(model.version), at),
      {
        kind: 'append-audit',
        entry: {
          at,
          actor: actor.id,
          action: `model.${what.origin.kind}`,
          subject: `${task.id}/models/${model.version}`,
          detail: { digest: model.weights.digest, ...withoutKind(what.origin) },
        },
      },
    ])
    needs.imported(task.id)
    return model
  }

  const repeated = async (task: TaskId, idempotency: Idempotency | undefined) => {
    const earlier = await earlierResource(store, idempotency)
    if (!earlier || isRefusal(earlier)) return earlier
    return versionOf(task, ModelVersion.parse(Number(earlier.resource)))
  }

  /** What lost a race to a round that opened is told of that round; what lost to another version, to look again. */
  const racing =
    (task: TaskId, idempotency: Idempotency | undefined) =>
    async (error: unknown): Promise<ModelRecord | Refusal> => {
      if (!(error instanceof ConflictError)) throw error
      // Two requests under one key may race: the one that lost is answered with what the other made.
      const made = await repeated(task, idempotency)
      if (made) return made
      const another = 'another version was made at the same moment: look at the newest and try again'
      return (await openRound(task)) ?? refuse('already-exists', another)
    }

  return {
    get: versionOf,
    async list(id, page) {
      const task = await taskOf(id)
      return isRefusal(task) ? task : store.models.list(id, page)
    },
    async weights(task, version) {
      const model = await versionOf(task, version)
      if (isRefusal(model)) return model
      const blob = await models.open(model.weights.digest)
      return blob ? { model, blob } : weightsGone(model)
    },
    async importWeights(id, bytes, note, actor, idempotency) {
      const task = await taskOf(id)
      if (isRefusal(task)) return task
      const before = await repeated(id, idempotency)
      if (before) return before
      const checked = checkedWeights(bytes, task, needs.scan)
      if (isRefusal(checked)) return checked
      const weights = await models.put(checked)
      return add(task, { weights, origin: { kind: 'imported', note } }, actor, idempotency).catch(
        racing(id, idempotency),
      )
    },
    async rollback(id, to, reason, actor, idempotency) {
      const task = await taskOf(id)
      if (isRefusal(task)) return task
      const before = await repeated(id, idempotency)
      if (before) return before
      const model = await versionOf(id, to)
      if (isRefusal(model)) return model
      if (!(await models.open(model.weights.digest))) return weightsGone(model)
      const origin: Origin = { kind: 'rollback', to, reason }
      return add(task, { weights: model.weights, origin }, actor, idempotency).catch(racing(id, idempotency))
    },
    async maxBytes(id) {
      const task = await taskOf(id)
      if (isRefusal(task)) return task
      return 8 + DEFAULT_MAX_HEADER_BYTES + totalBytes(manifestOf(task.file.model))
    },
    async upload(file, actor) {
      const blob = await takeInFile(models, { ...file, maxBytes: MOST_FROZEN_BYTES })
      if (isRefusal(blob)) return blob
      const { digest, bytes } = blob
      await store.commit([
        {
          kind: 'append-audit',
          entry: {
            at: clock.now(),
            actor: actor.id,
            action: 'blob.uploaded',
            subject: digest,
            detail: { bytes },
          },
        },
      ])
      return blob
    },
    async published(digest: Digest) {
      return (await models.open(digest)) ?? refuse('not-found', `nothing is published under ${digest}`)
    },
  }
}

/** Retention lets weights of old versions go; whatever else may have removed them, they are not to be had. */
const weightsGone = ({ task, version }: ModelRecord): Refusal =>
  refuse('gone', `the weights of version ${version} of task ${task} are no longer kept`, {
    about: { task, version },
  })

/** The bytes as this system writes them, whatever order and padding they came in; or why they are no weights of the task. */
const checkedWeights = (
  bytes: Uint8Array,
  task: Task,
  scan: (values: Float32Array) => number,
): Uint8Array | Refusal => {
  const manifest = manifestOf(task.file.model)
  try {
    const file = decodeSafetensors(bytes)
    const fitted = arrangeTensors(manifest, file)
    if ('difference' in fitted)
      return refuse('bad-tensors', fitted.difference.problem, {
        about: { tensor: fitted.difference.tensor, reason: fitted.difference.reason },
      })
    const bad = firstNonFinite({ tensors: manifest, values: fitted.arranged }, scan)
    if (bad)
      return refuse('bad-tensors', `tensor ${bad.tensor} holds NaN or infinity at index ${bad.index}`, {
        about: { ...bad, reason: 'not-finite' },
      })
    return encodeSafetensors({ tensors: manifest, values: fitted.arranged })
  } catch (error) {
    if (error instanceof TensorFormatError)
      return refuse('bad-tensors', `the body is no safetensors file: ${error.message}`, {
        about: { reason: error.code },
      })
    throw error
  }
}

const withoutKind = ({ kind: _, ...detail }: Origin) =>
  Object.fromEntries(
    Object.entries(detail).filter((entry): entry is [string, string | number] =>
      ['string', 'number'].includes(typeof entry[1]),
    ),
  )
