/** A strategy's part of one round of this client. */
import type { FailureReason } from '@tributary/protocols/messages'
import { carriedByClients, type Plan } from '@tributary/protocols/task'
import type { TrainingResult } from '../training/trainer.ts'
import type { Carried } from './load-carried.ts'
import type { LoadedModel } from './load-model.ts'
import { failed, type Guard } from './seal-update.ts'
import { claimedFor, controlChange, jobOf, linearTerm, stepsOf } from './strategy-work.ts'
import type { VariateOf, Variates } from './variates.ts'

type Failed = { kind: 'failed'; reason: FailureReason; detail: string }

export type StrategyRound = {
  kind: 'begun'
  job: { plan: Plan; correction?: Float32Array }
  /** Metrics to claim. @throws TributaryError `trainer-incomplete`. */
  claims(result: TrainingResult): Record<string, number>
  /** What is sent behind the delta, which is as it was trained. */
  control(trained: {
    result: TrainingResult
    delta: Float32Array
    guard: Guard
  }): Float32Array | undefined | Failed
  /** This client's own vector after the round, whose delta is as it counts. */
  kept(sent: {
    delta: Float32Array
    control: Float32Array | undefined
    guard: Guard
  }): (VariateOf & { values: Float32Array }) | undefined
}

export const beginStrategyRound = async (
  { assignment, weights }: LoadedModel,
  { carried, variates }: { carried: Carried | undefined; variates: Pick<Variates, 'load'> },
): Promise<StrategyRound | Failed> => {
  const { strategy, plan, privacy } = assignment
  const name = carriedByClients(strategy)
  const claims = (result: TrainingResult) => claimedFor(strategy, result)
  if (!name) return { kind: 'begun', job: { plan }, claims, control: () => undefined, kept: () => undefined }
  if (!carried)
    return failed('training-error', `nothing says what the strategy ${name} carries to this round`)
  // What is kept and sent follows from the delta as it is; under noise the two would not agree.
  if ((privacy?.differentialPrivacy?.mechanism ?? 'none') !== 'none')
    return failed('privacy-floor', `the strategy ${name} does not go with differential privacy`)
  const of = { strategy: name, since: carried.since }
  const own = await variates.load({ ...of, length: weights.length })
  return {
    kind: 'begun',
    job: jobOf(assignment, { own, control: carried.control }),
    claims,
    control({ result, delta, guard }) {
      if (strategy?.name !== 'scaffold') return undefined
      const change = controlChange({
        delta,
        control: carried.control,
        steps: stepsOf(name, result),
        learningRate: plan.optimizer.learningRate,
        range: guard.kind === 'secure' ? strategy.controlRange : undefined,
      })
      return change.every(Number.isFinite)
        ? change
        : failed('diverged', 'the change of the control variate is not finite after training')
    },
    kept({ delta, control, guard }) {
      if (strategy?.name !== 'feddyn')
        return { ...of, values: own.map((value, i) => value + (control?.[i] ?? 0)) }
      // The first segment of the masked vector is the delta (M8): what is beyond its bound does not count.
      const [segment] = guard.kind === 'secure' ? guard.manifest.vector.segments : []
      return { ...of, values: linearTerm({ own, delta, alpha: strategy.alpha, range: segment?.bound }) }
    },
  }
}
