import { beforeEach, describe, expect, test } from 'vitest'
import { createKeptTraining, type KeptTraining } from './kept-training.ts'
import { aManifest, digest, round } from './participate.builders.ts'

/** Of round 2, which refines round 1 over so many clients. */
const refining = (clients = 3, more = {}) => ({
  ...aManifest(2),
  refines: round(1),
  cohort: { least: clients, most: clients },
  ...more,
})
const received = Float32Array.of(1, 1)

describe('[M17] what a client trained, in a round that refines another,', () => {
  let kept: KeptTraining
  let weights: Float32Array
  beforeEach(() => {
    kept = createKeptTraining()
    weights = Float32Array.of(3, -1)
    kept.keep({ round: round(1), plan: digest('ab'), weights, left: 2 })
    kept.summed(round(1), 3)
  })

  test('is given as its difference from the received weights, as often as the task says, and then forgotten', () => {
    expect(kept.deltaFrom(refining(), received)).toEqual(Float32Array.of(2, -2))
    expect(kept.has(refining())).toBe(true)
    expect(kept.deltaFrom(refining(), Float32Array.of(2, 0))).toEqual(Float32Array.of(1, -1))
    expect(kept.has(refining())).toBe(false)
    expect(kept.deltaFrom(refining(), received)).toBeUndefined()
    expect(weights).toEqual(new Float32Array(2))
  })

  test.each<[string, Parameters<KeptTraining['objectionTo']>[0], RegExp]>([
    ['of another round', refining(3, { refines: round(7) }), /not kept/],
    ['by another plan', refining(3, { plan: digest('cd') }), /another plan/],
    ['over a client fewer', refining(2), /over 2 to 2 clients, and the first was over 3/],
    ['over a client more', refining(4), /over 4 to 4/],
    ['over perhaps a client fewer', refining(3, { cohort: { least: 2, most: 3 } }), /over 2 to 3/],
    ['of none', { ...aManifest(2), cohort: { least: 3, most: 3 } }, /not kept/],
  ])('is not given to a sum %s', (_, manifest, why) => {
    expect(kept.objectionTo(manifest)).toMatch(why)
    expect(kept.deltaFrom(manifest, received)).toBeUndefined()
    expect(kept.objectionTo(refining())).toBeUndefined()
  })

  test('is not given where its first sum was never opened', () => {
    kept.keep({ round: round(4), plan: digest('ab'), weights: Float32Array.of(1, 1), left: 2 })
    kept.summed(round(1), 3)
    expect(kept.has(refining(3, { refines: round(4) }))).toBe(false)
    expect(kept.objectionTo(refining(3, { refines: round(4) }))).toMatch(/not kept/)
  })

  test('is overwritten when it is forgotten, and when the next is kept; what is of another round stays', () => {
    kept.forget(round(9))
    expect(weights).toEqual(Float32Array.of(3, -1))
    kept.forget(round(1))
    expect(weights).toEqual(new Float32Array(2))
    const [second, third] = [Float32Array.of(1, 2), Float32Array.of(3, 4)]
    kept.keep({ round: round(2), plan: digest('ab'), weights: second, left: 1 })
    kept.keep({ round: round(3), plan: digest('ab'), weights: third, left: 1 })
    expect([second, third]).toEqual([new Float32Array(2), Float32Array.of(3, 4)])
  })
})
