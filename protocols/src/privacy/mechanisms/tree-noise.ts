import type { Random } from '../../runtime/index.ts'
import { fillRoundedGaussian, greatestRoundedBits } from '../noise/rounded-gaussian.ts'

/** A node of a tree of noise: the `index`-th, from 0, of those over 2^level rounds. */
export type TreeNode = { readonly tree: number; readonly level: number; readonly index: number }

/**
 * Tree aggregation (Dwork et al. 2010; Chan, Shi and Song 2011; DP-FTRL: Kairouz et al. 2021): the running sum of rounds 1 … t of a
 * tree is released under the noise of the complete nodes that make up 1 … t, one for each binary digit 1 of t. A round's release is the
 * difference to the one before, so its noise is this difference, in steps of σ / 2²⁴ where σ is the standard deviation a node.
 *
 * A node's noise must be the same whenever it is asked for and independent of every other: `randomOf` gives the node's own stream, from
 * a secret that lives as long as the tree. Nothing else is kept; a restarted coordinator goes on. Two nodes are drawn a round on average.
 */
export const treeNoise = (round: number, of: TreeOfNoise): Float64Array =>
  treeNoiseBetween({ from: round - 1, to: round }, of)

type TreeOfNoise = { tree: number; length: number; randomOf: (node: TreeNode) => Random }

/** The same where the release before was that of round `from`, 0 for none: rounds between them are leaves with nothing in them. */
export const treeNoiseBetween = (
  { from, to }: { from: number; to: number },
  { tree, length, randomOf }: TreeOfNoise,
): Float64Array =>
  difference({ before: nodesUpTo(tree, from), after: nodesUpTo(tree, to) }, { length, randomOf })

/** Rounds without updates that complete a tree of `rounds` to a power of two. */
export const roundsToComplete = (rounds: number): number =>
  2 ** Math.ceil(Math.log2(Math.max(1, rounds))) - rounds

/**
 * Honest completion before a restart (Kairouz et al. 2021): as if rounds without updates had filled the tree, what is
 * left in the running sum is the noise of its root alone. The noise that this adds to the sum after `rounds`. Account for the tree as one
 * of `rounds + roundsToComplete(rounds)`.
 */
export const completionNoise = (rounds: number, of: TreeOfNoise): Float64Array =>
  treeNoiseBetween({ from: rounds, to: rounds + roundsToComplete(rounds) }, of)

/** The last of a node's rounds, from 1 within its tree. */
export const lastRoundOf = ({ level, index }: TreeNode): number => (index + 1) * 2 ** level

/** The complete nodes over rounds 1 … `rounds`. */
const nodesUpTo = (tree: number, rounds: number): TreeNode[] => {
  if (!Number.isInteger(rounds) || rounds < 0 || rounds > 2 ** 30)
    throw new RangeError(`a tree has from 1 to 2^30 rounds, and this is not among them: ${rounds}`)
  const nodes: TreeNode[] = []
  for (let level = 0; level <= 30; level++) {
    const covered = Math.floor(rounds / 2 ** level)
    if (covered % 2 === 1) nodes.push({ tree, level, index: covered - 1 })
  }
  return nodes
}

const difference = (
  { before, after }: { before: readonly TreeNode[]; after: readonly TreeNode[] },
  { length, randomOf }: { length: number; randomOf: (node: TreeNode) => Random },
): Float64Array => {
  const total = new Float64Array(length)
  const noise = new Int32Array(length)
  const addNode = (node: TreeNode, sign: 1 | -1) => {
    fillRoundedGaussian(noise, { bits: greatestRoundedBits, random: randomOf(node) })
    for (let i = 0; i < length; i++) total[i] = (total[i] ?? 0) + sign * (noise[i] ?? 0)
  }
  for (const node of after) if (!before.some((other) => isSame(other, node))) addNode(node, 1)
  for (const node of before) if (!after.some((other) => isSame(other, node))) addNode(node, -1)
  return total
}

const isSame = (a: TreeNode, b: TreeNode): boolean => a.level === b.level && a.index === b.index
