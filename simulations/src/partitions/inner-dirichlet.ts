import { integerBelow, type SeededRandom, shuffle, uniform } from '@tributary/protocols/runtime'
import * as z from 'zod'
import { concentrations } from './concentrations.ts'
import { drawDirichlet } from './draw-dirichlet.ts'
import { Alpha, By, Sizes } from './fields.ts'
import { categoryBy, type PartitionRows, rowsByName } from './partition-rows.ts'
import { checkTotal } from './sizes.ts'

export const InnerDirichletSpec = z.strictObject({
  kind: z.literal('inner-dirichlet'),
  /** Rows of each client; what they leave is nobody's. */
  sizes: Sizes,
  /** One for all labels, or one for each. */
  alpha: Alpha,
  by: By('label'),
})

/**
 * Sizes are given; what a client holds of each label follows its own Dirichlet draw over the labels (Hsu et al. 2019,
 * arXiv:1909.06335; in the form of Acar et al. 2021, FedDyn). Clients, drawn at random, take a row at a time; once a label has run
 * out the others stand in for it, so that the last rows follow what is left more than what was drawn.
 */
export const innerDirichlet = (
  rows: PartitionRows,
  { sizes, alpha, by }: z.infer<typeof InnerDirichletSpec>,
  random: SeededRandom,
): Uint32Array[] => {
  checkTotal(rows, sizes)
  const stacks = rowsByName(categoryBy(rows, by)).map((own) => shuffle(random, own))
  const alphas = concentrations(alpha, stacks.length, 'labels')
  const priors = sizes.map(() => drawDirichlet(random, alphas))
  const parts = sizes.map((size) => ({ rows: new Uint32Array(size), filled: 0 }))
  const waiting = sizes.map((_, client) => client)
  while (waiting.length > 0) {
    const turn = integerBelow(random, waiting.length)
    const client = waiting[turn] ?? 0
    const part = parts[client]
    if (!part) break
    part.rows[part.filled++] = stacks[drawLabel(priors[client] ?? [], stacks, random)]?.pop() ?? 0
    if (part.filled < part.rows.length) continue
    waiting[turn] = waiting.at(-1) ?? 0
    waiting.pop()
  }
  return parts.map((part) => part.rows.sort())
}

/** A label by the client's prior among those with rows left; evenly among them where the prior has none of it. */
const drawLabel = (
  prior: readonly number[],
  stacks: readonly (readonly number[])[],
  random: SeededRandom,
): number => {
  const left = prior.map((share, label) => ((stacks[label]?.length ?? 0) > 0 ? share : 0))
  const sum = left.reduce((a, b) => a + b, 0)
  const weights = sum > 0 ? left : stacks.map((stack) => (stack.length > 0 ? 1 : 0))
  let rest = uniform(random) * (sum > 0 ? sum : weights.reduce((a, b) => a + b, 0))
  for (const [label, weight] of weights.entries()) {
    rest -= weight
    if (weight > 0 && rest < 0) return label
  }
  return weights.findLastIndex((weight) => weight > 0)
}
