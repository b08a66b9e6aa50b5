/** What a task's strategy has this client do beyond the plan: before training, and with what came out of it. */
import { unreachable } from '@tributary/protocols'
import type { Assignment, ClientStrategy, Plan } from '@tributary/protocols/task'
import type { TrainingResult } from '../training/trainer.ts'
import { TributaryError } from '../tributary-error.ts'

/** This client's own vector and the server's; `control` is zero where it is `undefined`. */
export type Vectors = { own: Float32Array; control: Float32Array | undefined }

/**
 * What to train by. SCAFFOLD (Karimireddy et al. 2020) descends g − cᵢ + c; FedDyn (Acar et al. 2021) g − hᵢ + α(w − w₀), whose last
 * term is the plan's proximal one.
 */
export const jobOf = (
  { plan, strategy }: Assignment,
  vectors: Vectors | undefined,
): { plan: Plan; correction?: Float32Array } => {
  if (!vectors) return { plan }
  const { own, control } = vectors
  if (strategy?.name === 'scaffold')
    return { plan, correction: own.map((value, i) => (control?.[i] ?? 0) - value) }
  if (strategy?.name === 'feddyn')
    return {
      plan: { ...plan, proximal: plan.proximal + strategy.alpha },
      correction: own.map((value) => -value),
    }
  return { plan }
}

/** Metrics that the strategy has this client claim. @throws TributaryError `trainer-incomplete` naming what the trainer did not give. */
export const claimedFor = (
  strategy: ClientStrategy | undefined,
  result: TrainingResult,
): Record<string, number> => {
  switch (strategy?.name) {
    case undefined:
      return {}
    case 'fednova':
      return { steps: stepsOf('fednova', result) }
    case 'q-fedavg': {
      const loss = result.initialLoss ?? result.metrics['initial-loss']
      if (loss === undefined || !Number.isFinite(loss) || loss < 0)
        throw incomplete(
          'q-fedavg',
          'initialLoss',
          'the mean loss under the weights it received, from 0 on',
          loss,
        )
      return { 'initial-loss': loss }
    }
    case 'scaffold':
      stepsOf('scaffold', result)
      requireCorrected('scaffold', result)
      return {}
    case 'feddyn':
      requireCorrected('feddyn', result)
      return {}
    default:
      return unreachable(strategy)
  }
}

/**
 * By how much this client's control variate changes: SCAFFOLD's option II, cᵢ⁺ − cᵢ = −c + (w₀ − w)/(K·η), with −delta for w₀ − w, held to
 * ± `range` where there is one.
 * @param input.delta As it was trained, before any clipping.
 */
export const controlChange = (input: {
  delta: Float32Array
  control: Float32Array | undefined
  steps: number
  learningRate: number
  range: number | undefined
}): Float32Array => {
  const { delta, control, steps, learningRate, range = Number.POSITIVE_INFINITY } = input
  const scale = 1 / (steps * learningRate)
  return delta.map((moved, i) => within(-moved * scale - (control?.[i] ?? 0), range))
}

/** FedDyn: hᵢ⁺ = hᵢ − α(w − w₀), by the delta as it counts: held to ± `range` where there is one. */
export const linearTerm = (input: {
  own: Float32Array
  delta: Float32Array
  alpha: number
  range: number | undefined
}): Float32Array => {
  const { own, delta, alpha, range = Number.POSITIVE_INFINITY } = input
  return own.map((value, i) => value - alpha * within(delta[i] ?? 0, range))
}

/** K of a result. @throws TributaryError `trainer-incomplete`. */
export const stepsOf = (strategy: string, { steps: told, metrics }: TrainingResult): number => {
  const steps = told ?? metrics.steps
  if (steps === undefined || !Number.isFinite(steps) || steps < 1)
    throw incomplete(strategy, 'steps', 'how many optimizer steps it took, from 1 on', steps)
  return steps
}

const requireCorrected = (strategy: string, { corrected }: TrainingResult): void => {
  if (corrected !== true)
    throw incomplete(strategy, 'corrected', 'that it added the job’s correction to every gradient', corrected)
}

const within = (value: number, range: number): number => Math.min(range, Math.max(-range, value))

const incomplete = (strategy: string, field: string, meaning: string, given: unknown) =>
  new TributaryError({
    code: 'trainer-incomplete',
    problem: `the task’s strategy is ${strategy}, and the trainer’s result ${
      given === undefined ? `has no \`${field}\`` : `gives ${String(given)} for \`${field}\``
    }, ${meaning}`,
    remedy: 'Have the trainer give it, or train with one of @tributary/client-sdk/compact or /tfjs, which do',
  })
