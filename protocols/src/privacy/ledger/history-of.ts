import { unreachable } from '../../unreachable.ts'
import type { PrivacyHistory } from '../accounting/history.ts'
import type { RoundNoise } from '../accounting/noise.ts'
import { roundsToComplete } from '../mechanisms/tree-noise.ts'
import type { ReleaseRule } from './release-rule.ts'

/** Rounds of one noise; `upTo` is the number of the last of them. */
export type Released = { readonly noise: RoundNoise; readonly rounds: number; readonly upTo: number }

/**
 * The history that so many released rounds make under a rule. Under `tree` every round number up to the last is a leaf, an abandoned
 * one with nothing in it: clients keep their distance in round numbers, so leaves must be counted so too.
 * Undefined where the rule has no account of such noise: trees and sampling are for Gaussian noise, a tree for one multiplier.
 */
export const historyOf = (rule: ReleaseRule, released: readonly Released[]): PrivacyHistory | undefined => {
  switch (rule.rule) {
    case 'participations':
      return { ...rule, released }
    case 'poisson': {
      const gaussian = gaussianOf(released)
      return gaussian && { rule: 'poisson', sampling: rule.sampling, released: gaussian }
    }
    case 'tree': {
      const [first, ...others] = gaussianOf(released) ?? []
      if (first === undefined ? released.length > 0 : others.length > 0) return undefined
      const upTo = released.reduce((last, each) => Math.max(last, each.upTo), 0)
      const { participation, relation } = rule
      const multiplier = first?.multiplier ?? 1
      return { rule: 'tree', participation, relation, multiplier, trees: treesOf(rule.roundsOfTree, upTo) }
    }
    default:
      return unreachable(rule)
  }
}

const gaussianOf = (released: readonly Released[]): { multiplier: number; rounds: number }[] | undefined => {
  const gaussian = released.flatMap(({ noise, rounds }) =>
    noise.kind === 'gaussian' ? [{ multiplier: noise.multiplier, rounds }] : [],
  )
  return gaussian.length === released.length ? gaussian : undefined
}

const treesOf = (roundsOfTree: number, rounds: number): number[] => {
  const finished = Math.floor(rounds / roundsOfTree)
  const completed = roundsOfTree + roundsToComplete(roundsOfTree)
  return [...Array.from({ length: finished }, () => completed), rounds % roundsOfTree]
}
