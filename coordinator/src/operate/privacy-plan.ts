import { sentValues } from '@tributary/protocols/compression'
import {
  openLedger,
  type PrivacyClaim,
  type PrivacyPlan,
  type PrivacyQuestion,
  type PromisedPrivacy,
  planPrivacy,
  roundsLeft,
  ruleOfSpec,
  spentOf,
} from '@tributary/protocols/privacy'
import { noiseOfRound, promisedPrivacyOf, survivorsOf } from '@tributary/protocols/secure-round'
import { manifestOf, type TaskFile, travelling } from '@tributary/protocols/task'
import { totalElements } from '@tributary/protocols/tensors'
import type { Mistake } from '../refusal.ts'
import { taskMistakes } from '../tasks/task-mistakes.ts'

export type TaskPrivacyPlan = {
  mechanism: string
  /** Values that are trained, and updates that a round is sure to have. */
  parameters: number
  cohort: number
  rounds: number
  plan: PrivacyPlan
  /** Rounds that the budget allows at the file's own noise; what its ledger will say. */
  roundsOfBudget: number | 'unlimited'
  /** Why a coordinator would refuse to make the task. */
  mistakes: readonly Mistake[]
}

/** What is asked beside the task: `rounds` to be planned for, and either a target for ε or the file's own noise. */
export type PlanRequest = { rounds?: number; epsilon?: number; population?: number }

/** The privacy that a task is going to have, before it begins; `undefined` for one that promises none. */
export const planOfTask = (file: TaskFile, request: PlanRequest): TaskPrivacyPlan | undefined => {
  const spec = promisedPrivacyOf(file)
  if (!spec) return undefined
  const { mechanism, budget, noiseMultiplier } = spec
  const { model, compression } = travelling(file)
  const parameters = totalElements(manifestOf(model))
  const cohort = file.cohort.quorum
  const rounds = request.rounds ?? (file.stop.kind === 'completed-rounds' ? file.stop.rounds : 1)
  const rule = ruleOfSpec(spec)
  const place: PrivacyQuestion['place'] =
    spec.mechanism === 'distributed'
      ? { at: 'clients-in-shares', survivors: survivorsOf(spec, cohort) }
      : { at: mechanism === 'local' ? 'each-client' : 'coordinator' }
  const question = {
    rule,
    delta: budget.delta,
    rounds,
    place,
    parameters,
    sentShare:
      sentValues(parameters, compression) / sentValues(parameters, { rotation: compression?.rotation }),
    cohort,
    ...(spec.clipping.kind === 'adaptive' && { countNoise: spec.clipping.countNoise }),
    ...(request.population !== undefined && { population: request.population }),
  }
  const spent = (multiplier: number) => spentBy(file, { ...spec, noiseMultiplier: multiplier }, rounds)
  const multiplier =
    request.epsilon === undefined ? noiseMultiplier : multiplierFor(question, request.epsilon, spent)
  const planned = planPrivacy({ ...question, noise: { kind: 'multiplier', multiplier } })
  const plan = { ...planned, claim: spent(multiplier) ?? planned.claim }
  const mistakes = taskMistakes(file)
  // Noise that cannot be sized buys no round, and the mistakes say why.
  const roundsOfBudget =
    mistakes.length > 0 ? 0 : roundsLeft(openLedger(budget, rule), noiseOfRound(file, spec))
  return { mechanism, parameters, cohort, rounds, plan, roundsOfBudget, mistakes }
}

/** What a ledger would say after so many rounds; `undefined` where their noise cannot be sized. Noise in shares costs more than Gaussian of its width. */
const spentBy = (file: TaskFile, spec: PromisedPrivacy, rounds: number): PrivacyClaim | undefined => {
  try {
    const charged = [{ noise: noiseOfRound(file, spec), rounds: [{ first: 1, last: rounds }] }]
    return spentOf({ ...openLedger(spec.budget, ruleOfSpec(spec)), charged })
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** The least multiplier, to a thousandth upwards, at which a ledger stays within the target; what Gaussian noise needs is where to begin. */
const multiplierFor = (
  question: Omit<PrivacyQuestion, 'noise'>,
  epsilon: number,
  spent: (multiplier: number) => PrivacyClaim | undefined,
): number => {
  const gaussian = planPrivacy({ ...question, noise: { kind: 'target', epsilon } }).multiplier
  const holds = (multiplier: number) => {
    const claim = spent(multiplier)
    return claim === undefined || (claim.epsilon !== null && claim.epsilon <= epsilon)
  }
  if (holds(gaussian)) return gaussian
  let [low, high] = [gaussian, 2 * gaussian]
  while (!holds(high)) [low, high] = [high, 2 * high]
  while (high - low > low / 1_000) {
    const middle = (low + high) / 2
    if (holds(middle)) high = middle
    else low = middle
  }
  return high
}
