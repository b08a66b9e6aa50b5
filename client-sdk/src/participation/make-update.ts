/** A round's work from fetched weights to a sealed update: train, subtract, clip, encode, seal, sign. */
import { decodeKeyText, type EnvelopePrimitives, type Identity } from '@tributary/protocols/crypto'
import type { FailureReason, Invitation } from '@tributary/protocols/messages'
import { type Clock, integerBelow, type Random } from '@tributary/protocols/runtime'
import { type Assignment, manifestOf } from '@tributary/protocols/task'
import { encodeSafetensors, firstNonFinite } from '@tributary/protocols/tensors'
import { Claims, type SealedUpdate, sealUpdate } from '@tributary/protocols/updates'
import type { Trainer, TrainingProgress, TrainingResult } from '../training/trainer.ts'
import { messageOf } from '../tributary-error.ts'
import { clipToNorm, deltaOf } from './delta.ts'
import type { LoadedModel } from './load-model.ts'

type Needs = {
  identity: Identity
  trainer: Trainer
  clock: Clock
  /** Where training seeds come from. */
  random: Random
  /** Where the envelope's keys come from: the platform's cryptographic source, but in simulations. */
  keyRandom: Random
  primitives?: EnvelopePrimitives
}

export type MadeUpdate =
  | { kind: 'sealed'; sealed: SealedUpdate }
  | { kind: 'failed'; reason: FailureReason; detail: string; cause?: unknown }

export const makeUpdate = async (
  needs: Needs,
  work: {
    invitation: Invitation
    model: LoadedModel
    signal: AbortSignal
    onProgress: (progress: TrainingProgress) => void
  },
): Promise<MadeUpdate> => {
  const { invitation, model, signal, onProgress } = work
  const { assignment, weights } = model
  const { clock, random, trainer } = needs
  const startedAt = clock.now()
  let result: TrainingResult
  try {
    signal.throwIfAborted()
    const seed = integerBelow(random, 2 ** 32)
    result = await trainer.train({ assignment, weights, plan: assignment.plan, seed, signal, onProgress })
  } catch (error) {
    if (signal.aborted) return failed('aborted', 'training was stopped')
    return { ...failed('training-error', messageOf(error)), cause: error }
  }
  if (signal.aborted) return failed('aborted', 'training was stopped')
  if (result.examples === 0) return failed('no-examples', 'the trainer has no examples')
  const claims = Claims.safeParse({
    examples: result.examples,
    trainMs: Math.max(0, clock.now() - startedAt),
    metrics: finiteOnly(result.metrics),
  })
  if (!claims.success)
    return failed(
      'training-error',
      `the trainer’s result cannot be claimed: ${claims.error.issues[0]?.message}`,
    )
  const delta = checkedDelta(result.weights, model)
  if ('kind' in delta) return delta
  if (assignment.plan.clipNorm !== undefined) clipToNorm(delta, assignment.plan.clipNorm)
  return { kind: 'sealed', sealed: sealDelta(needs, { invitation, assignment, delta, claims: claims.data }) }
}

const failed = (reason: FailureReason, detail: string) => ({ kind: 'failed', reason, detail }) as const

const checkedDelta = (trained: Float32Array, { assignment, weights }: LoadedModel) => {
  if (trained.length !== weights.length)
    return failed(
      'training-error',
      `the trainer gave ${trained.length} parameters where the model has ${weights.length}`,
    )
  const delta = deltaOf(trained, weights)
  const broken = firstNonFinite({ tensors: manifestOf(assignment.model), values: delta })
  return broken
    ? failed(
        'diverged',
        `parameter ${broken.index} of ${broken.tensor} is not a finite number after training`,
      )
    : delta
}

/** Claims are JSON, which has no NaN; a metric that came out as one says nothing. */
const finiteOnly = (metrics: Record<string, number>) =>
  Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)))

const sealDelta = (
  { identity, keyRandom, primitives }: Needs,
  work: { invitation: Invitation; assignment: Assignment; delta: Float32Array; claims: Claims },
): SealedUpdate => {
  const { task, round, model, publicKey } = work.invitation
  return sealUpdate({
    ...primitives,
    identity,
    task,
    round,
    model: model.digest,
    roundKey: decodeKeyText(publicKey),
    update: encodeSafetensors({ tensors: manifestOf(work.assignment.model), values: work.delta }),
    claims: work.claims,
    random: keyRandom,
  })
}
