/** A round's work from fetched weights to a sealed update: train, subtract, clip, encode, seal, sign. */
import { problemText } from '@tributary/protocols'
import type { FailureReason, Invitation } from '@tributary/protocols/messages'
import { manifestOf } from '@tributary/protocols/plain-round'
import { integerBelow } from '@tributary/protocols/platform'
import { firstNonFinite } from '@tributary/protocols/tensors'
import { Claims } from '@tributary/protocols/updates'
import type { TrainingProgress, TrainingResult } from '../training/trainer.ts'
import { messageOf, TributaryError } from '../tributary-error.ts'
import { clipToNorm, deltaOf } from './delta.ts'
import type { KeptTraining } from './kept-training.ts'
import type { Carried } from './load-carried.ts'
import type { LoadedModel } from './load-model.ts'
import { loadProtection } from './load-protection.ts'
import { loadTaskWork } from './load-task-work.ts'
import { sealDelta } from './seal-delta.ts'
import { failed, type Guard, type MadeUpdate, type MakingNeeds, type Protecting } from './seal-update.ts'

export const makeUpdate = async (
  needs: MakingNeeds,
  making: {
    invitation: Invitation
    model: LoadedModel
    signal: AbortSignal
    onProgress: (progress: TrainingProgress) => void
    onTrained: () => void
    guard: Guard
    /** Takes what was trained, as it is sent, where it may be summed again. */
    keep: KeptTraining['keep']
    /** What the strategy carries to this round, where clients carry something too. */
    carried: Carried | undefined
  },
): Promise<MadeUpdate> => {
  const { invitation, model, signal, onProgress, onTrained, guard, keep, carried } = making
  const { assignment, weights, frozen } = model
  const { clock, random, trainer } = needs
  const { plan, strategy } = assignment
  const work = strategy
    ? await (await loadTaskWork()).beginStrategyRound(model, { carried, variates: needs.variates })
    : undefined
  if (work?.kind === 'failed') return work
  const startedAt = clock.now()
  let result: TrainingResult
  try {
    signal.throwIfAborted()
    const seed = needs.trainingSeed?.(invitation.round) ?? integerBelow(random, 2 ** 32)
    result = await trainer.train({
      assignment,
      weights,
      ...(frozen && { frozen }),
      ...(work?.job ?? { plan }),
      seed,
      signal,
      onProgress,
    })
  } catch (error) {
    if (signal.aborted) return failed('aborted', 'training was stopped')
    return { ...failed(reasonOf(error), messageOf(error)), cause: error }
  }
  if (signal.aborted) return failed('aborted', 'training was stopped')
  onTrained()
  if (result.examples === 0) return failed('no-examples', 'the trainer has no examples')
  const trainMs = Math.max(0, clock.now() - startedAt)
  let asked: Record<string, number>
  try {
    asked = work?.claims(result) ?? {}
  } catch (error) {
    return { ...failed('training-error', messageOf(error)), cause: error }
  }
  const claims = Claims.safeParse(
    // Noise of its own hides this client from the coordinator too: nothing true goes beside it.
    guard.kind === 'sealed' && guard.noise.mechanism === 'local'
      ? { examples: 1, metrics: {} }
      : { examples: result.examples, trainMs, metrics: { ...finiteOnly(result.metrics), ...asked } },
  )
  if (!claims.success)
    return failed('training-error', `the trainer’s result cannot be claimed: ${problemText(claims.error)}`)
  const delta = checkedDelta(result.weights, model)
  if ('kind' in delta) return delta
  const control = work?.control({ result, delta, guard })
  if (control && 'kind' in control) return control
  if (plan.clipNorm !== undefined) clipToNorm(delta, plan.clipNorm)
  const variate = work?.kept({ delta, control, guard })
  const protecting = { invitation, assignment, delta, control, claims: claims.data, signal }
  const made = await protectedBy(guard, needs, { protecting, received: weights, keep })
  return made.kind === 'sealed' && variate ? { ...made, variate } : made
}

const protectedBy = async (
  guard: Guard,
  needs: MakingNeeds,
  {
    protecting,
    received,
    keep,
  }: { protecting: Protecting; received: Float32Array; keep: KeptTraining['keep'] },
): Promise<MadeUpdate> => {
  const { assignment, delta, signal } = protecting
  if (guard.kind === 'sealed' && guard.noise.mechanism === 'none') return sealDelta(needs, protecting)
  const { asSent, maskAndSeal, noised } = await loadProtection()
  if (signal.aborted) return failed('aborted', 'the round ended')
  if (guard.kind === 'sealed') {
    const made = await noised(needs, { ...protecting, ...guard })
    return made instanceof Float32Array ? sealDelta(needs, { ...protecting, delta: made }) : made
  }
  const left = (assignment.refining?.steps ?? 1) - 1
  if (left > 0) {
    const { round, plan } = guard.manifest
    keep({ round, plan, weights: asSent(guard, { received, delta }), left })
  }
  return maskAndSeal(needs, { ...protecting, ...guard })
}

const reasonOf = (error: unknown): FailureReason =>
  error instanceof TributaryError && error.code === 'device-limit' ? 'device-limit' : 'training-error'

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
