import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../runtime/index.ts'
import { deviationOf } from '../noise/goodness-of-fit.builders.ts'
import { completionNoise, roundsToComplete, type TreeNode, treeNoise } from './tree-noise.ts'

const length = 2_000
const secret = seededRandom('secret of the trees')
const randomOf = ({ tree, level, index }: TreeNode) =>
  secret.fork(`tree ${tree} level ${level} node ${index}`)
const context = { tree: 0, length, randomOf }

const runningNoise = (rounds: number): Float64Array => {
  const running = new Float64Array(length)
  for (let round = 1; round <= rounds; round++)
    treeNoise(round, context).forEach((x, i) => {
      running[i] = (running[i] ?? 0) + x
    })
  return running
}

const sigmas = (noise: Float64Array) => deviationOf(noise) / 2 ** 24

describe('tree noise', () => {
  test.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [7, 3],
    [8, 1],
    [13, 3],
  ])('after %d rounds the running sum has the noise of %d nodes', (rounds, nodes) => {
    expect(Math.abs(sigmas(runningNoise(rounds)) / Math.sqrt(nodes) - 1)).toBeLessThan(
      5 / Math.sqrt(2 * length),
    )
  })

  test('is the same whenever it is asked for: a restarted coordinator goes on', () => {
    expect(treeNoise(12, context)).toEqual(treeNoise(12, context))
    expect(treeNoise(12, { ...context, tree: 1 })).not.toEqual(treeNoise(12, context))
  })

  test('asks for each node’s own stream, and for none before it is complete', () => {
    const asked: string[] = []
    const noting = (node: TreeNode) => {
      asked.push(`${node.level}.${node.index}`)
      return randomOf(node)
    }
    treeNoise(4, { ...context, randomOf: noting })
    expect(asked.sort()).toEqual(['0.2', '1.0', '2.0'])
  })

  test('honest completion leaves the noise of one node', () => {
    expect([1, 5, 8, 9].map(roundsToComplete)).toEqual([0, 3, 0, 7])
    const completed = runningNoise(5)
    completionNoise(5, context).forEach((x, i) => {
      completed[i] = (completed[i] ?? 0) + x
    })
    expect(Math.abs(sigmas(completed) - 1)).toBeLessThan(5 / Math.sqrt(2 * length))
    expect(completionNoise(8, context).every((x) => x === 0)).toBe(true)
  })

  test('rounds that are none are refused', () => {
    for (const round of [0, 1.5, Number.NaN]) expect(() => treeNoise(round, context)).toThrow('1 to 2^30')
  })
})
