import {
  openLedger,
  type PrivacyPlan,
  type PrivacyQuestion,
  planPrivacy,
  roundsLeft,
  ruleOfSpec,
} from '@tributary/protocols/privacy'
import { noiseOfRound, promisedPrivacyOf, survivorsOf } from '@tributary/protocols/secure-round'
import { manifestOf, type TaskFile } from '@tributary/protocols/task'
import { totalElements } from '@tributary/protocols/tensors'
import type { Mistake } from '../refusal.ts'
import { privacyMistakes } from '../tasks/privacy-mistakes.ts'

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
  const parameters = totalElements(manifestOf(file.model))
  const cohort = file.cohort.quorum
  const rounds = request.rounds ?? (file.stop.kind === 'completed-rounds' ? file.stop.rounds : 1)
  const rule = ruleOfSpec(spec)
  const place: PrivacyQuestion['place'] =
    spec.mechanism === 'distributed'
      ? { at: 'clients-in-shares', survivors: survivorsOf(spec, cohort) }
      : { at: mechanism === 'local' ? 'each-client' : 'coordinator' }
  const plan = planPrivacy({
    rule,
    delta: budget.delta,
    rounds,
    noise:
      request.epsilon === undefined
        ? { kind: 'multiplier', multiplier: noiseMultiplier }
        : { kind: 'target', epsilon: request.epsilon },
    place,
    parameters,
    cohort,
    ...(request.population !== undefined && { population: request.population }),
  })
  const mistakes = privacyMistakes(file)
  // Noise that cannot be sized buys no round, and the mistakes say why.
  const roundsOfBudget =
    mistakes.length > 0 ? 0 : roundsLeft(openLedger(budget, rule), noiseOfRound(file, spec))
  return { mechanism, parameters, cohort, rounds, plan, roundsOfBudget, mistakes }
}
