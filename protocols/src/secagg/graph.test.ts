import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createGraph } from './graph.ts'
import { completeGraph, graphParameters } from './graph-parameters.ts'

const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 })
const shapes = fc.integer({ min: 4, max: 120 }).chain((size) =>
  fc.record({
    size: fc.constant(size),
    degree: fc.integer({ min: 1, max: (size - 2) >> 1 }).map((half) => 2 * half),
    seed: seeds,
  }),
)

describe('a graph', () => {
  test('[M4] gives everyone as many neighbours, each of whom has it as a neighbour', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const graph = createGraph(shape)
        const members = Array.from({ length: shape.size }, (_, member) => member)
        const wrong = members.filter((member) => {
          const neighbours = graph.neighbours(member)
          return (
            new Set(neighbours).size !== shape.degree ||
            neighbours.includes(member) ||
            neighbours.some((other, at) => other < (neighbours[at - 1] ?? 0)) ||
            !neighbours.every((other) => graph.holders(other).includes(member))
          )
        })
        expect(wrong).toEqual([])
      }),
      { numRuns: 25 },
    )
  })

  test('is the same from the same seed and another from another', () => {
    const of = (fill: number) => {
      const graph = createGraph({ size: 60, degree: 8, seed: new Uint8Array(32).fill(fill) })
      return Array.from({ length: 60 }, (_, member) => graph.neighbours(member))
    }
    expect(of(1)).toEqual(of(1))
    expect(of(1)).not.toEqual(of(2))
  })

  test('numbers the shares of an owner from 1, by holder, and gives strangers none', () => {
    const graph = createGraph({ size: 20, degree: 4, seed: new Uint8Array(32) })
    expect(graph.holders(7).map((holder) => graph.shareX(7, holder))).toEqual([1, 2, 3, 4, 5])
    const stranger =
      Array.from({ length: 20 }, (_, at) => at).find((at) => !graph.holders(7).includes(at)) ?? -1
    expect(graph.shareX(7, stranger)).toBeUndefined()
    expect(() => graph.holders(20)).toThrow('member 20 is not one of 20')
  })

  test('is complete for a degree of one less than its size', () => {
    const graph = createGraph({ size: 4, degree: 3, seed: new Uint8Array(32) })
    expect(graph.neighbours(2)).toEqual([0, 1, 3])
    expect(() => createGraph({ size: 9, degree: 3, seed: new Uint8Array(32) })).toThrow('an even degree')
    expect(() => createGraph({ size: 4, degree: 4, seed: new Uint8Array(32) })).toThrow('an even degree')
  })
})

describe('parameters', () => {
  const lying = (clients: number, corrupt = 0.1, dropout = 0.1) =>
    graphParameters({ clients, corrupt, dropout, adversary: 'lying' })

  test('[M4] are of the complete graph up to 64 clients, with thresholds that two sets of holders must overlap in honest ones', () => {
    expect([20, 50, 64].map((clients) => lying(clients)?.threshold)).toEqual([12, 28, 36])
    for (let clients = 2; clients <= 64; clients++) {
      const found = completeGraph({ clients, corrupt: 0.1, dropout: 0, adversary: 'lying' })
      expect(found?.degree).toBe(clients - 1)
      expect(2 * (found?.threshold ?? 0)).toBeGreaterThan(clients + 0.1 * clients)
    }
  })

  test('are of a sparse graph above', () => {
    expect([100, 200, 500, 1_000].map((clients) => lying(clients))).toEqual([
      { degree: 32, threshold: 22 },
      { degree: 56, threshold: 39 },
      { degree: 82, threshold: 57 },
      { degree: 96, threshold: 67 },
    ])
  })

  test('a curious coordinator needs more shares than there are corrupt clients', () => {
    expect(completeGraph({ clients: 10, corrupt: 0.8, dropout: 0, adversary: 'curious' })?.threshold).toBe(9)
    expect(completeGraph({ clients: 10, corrupt: 0.1, dropout: 0, adversary: 'curious' })?.threshold).toBe(6)
  })

  test('there are none where too few would survive, for one client, or for more than 255 holders', () => {
    expect(lying(10, 0.4, 0.4)).toBeUndefined()
    expect(lying(1)).toBeUndefined()
    expect(lying(1_000, 0.1, 0.3)).toBeUndefined()
  })

  test('conditions that are no shares are refused', () => {
    for (const wrong of [-0.1, 1, Number.NaN]) expect(() => lying(10, wrong)).toThrow('corrupt is a share')
    expect(() => lying(2.5)).toThrow('whole number of clients')
  })
})
