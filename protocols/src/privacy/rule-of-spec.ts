import { unreachable } from '../unreachable.ts'
import type { ReleaseRule } from './ledger/release-rule.ts'
import type { DifferentialPrivacySpec } from './privacy-spec.ts'

/** A specification that promises anything. */
export type PromisedPrivacy = Exclude<DifferentialPrivacySpec, { mechanism: 'none' }>

/** The rule by which a task's ledger is opened. Local noise is accounted under `replace`: that a client took part is no secret. */
export const ruleOfSpec = (spec: PromisedPrivacy): ReleaseRule => {
  const { participation } = spec
  switch (spec.mechanism) {
    case 'central':
      return spec.sampling.kind === 'poisson'
        ? { rule: 'poisson', sampling: spec.sampling, accountant: 'renyi' }
        : { rule: 'participations', participation, relation: spec.relation }
    case 'distributed':
      return { rule: 'participations', participation, relation: spec.relation }
    case 'local':
      return { rule: 'participations', participation, relation: 'replace' }
    case 'dp-ftrl':
      return { rule: 'tree', participation, relation: spec.relation, roundsOfTree: spec.roundsOfTree }
    default:
      return unreachable(spec)
  }
}
