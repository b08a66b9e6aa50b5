import { seededRandom } from '@tributary/protocols/runtime'
import { describe, expect, it } from 'vitest'
import type { LabelledRowsOfShape } from './attack.ts'
import { anAttack, someImages } from './attacks.builders.ts'
import { BackdoorSpec, triggered } from './backdoor.ts'

const poisoned = (
  spec: Parameters<typeof anAttack>[0],
  rows: LabelledRowsOfShape = someImages(9),
  seed: string | number = 1,
) => {
  const { poison } = anAttack(spec)
  if (!poison) throw new Error(`${spec.kind} poisons nothing`)
  return poison(rows, seededRandom(seed))
}

const imageAt = (rows: LabelledRowsOfShape, row: number) => [...rows.inputs.subarray(25 * row, 25 * row + 25)]
const PATCH = [12, 13, 17, 18]

describe('label flip', () => {
  it('label l becomes L − 1 − l, the rows as they are', () => {
    const rows = someImages(6)
    const flipped = poisoned({ kind: 'label-flip' }, rows)
    expect([...flipped.labels]).toEqual([2, 1, 0, 2, 1, 0])
    expect(flipped.inputs).toBe(rows.inputs)
    expect([...rows.labels]).toEqual([0, 1, 2, 0, 1, 2])
  })

  it('or one for another, of a share of the rows', () => {
    const pairs = [{ from: 0, to: 2 }]
    expect([...poisoned({ kind: 'label-flip', pairs }, someImages(4)).labels]).toEqual([2, 1, 2, 2])
    const flipped = poisoned({ kind: 'label-flip', share: 0.25 }, someImages(30_000)).labels
    const changed = flipped.filter((label, row) => label !== row % 3).length
    expect(Math.abs(changed - 5_000)).toBeLessThan(5 * Math.sqrt(20_000 * 0.25 * 0.75))
  })

  it('a label that does not exist is refused', () => {
    expect(() => poisoned({ kind: 'label-flip', pairs: [{ from: 0, to: 3 }] })).toThrow('there are 3')
  })
})

describe('backdoor', () => {
  const patch = { kind: 'patch', side: 2, value: 0.9 } as const

  it('a share of the rows bears the trigger and the label of the target; the others are untouched', () => {
    const rows = someImages(3_000)
    const bad = poisoned({ kind: 'backdoor', target: 2, share: 0.2, trigger: patch }, rows)
    let marked = 0
    for (let row = 0; row < 3_000; row++) {
      const lit = imageAt(bad, row).flatMap((value, at) => (value === 0 ? [] : [at]))
      if (lit.length === 0) expect(bad.labels[row]).toBe(row % 3)
      else {
        marked++
        expect(lit).toEqual(PATCH)
        expect(bad.labels[row]).toBe(2)
      }
    }
    expect(Math.abs(marked - 600)).toBeLessThan(5 * Math.sqrt(480))
    expect(rows.inputs.every((value) => value === 0)).toBe(true)
    expect(poisoned({ kind: 'backdoor', target: 2, share: 0.2, trigger: patch }, rows)).toEqual(bad)
  })

  it('marks every channel, and pixels by row and column', () => {
    const trigger = { kind: 'pixels', at: [[0, 1]], value: 5 } as const
    const bad = poisoned(
      { kind: 'backdoor', target: 0, share: 1, trigger: { ...trigger, at: [[0, 1]] } },
      someImages(1, 3),
    )
    expect([...bad.inputs].flatMap((value, at) => (value === 5 ? [at] : []))).toEqual([3, 4, 5])
  })

  it('what judges it: rows of other labels, with the trigger, under their own', () => {
    const rows = triggered(BackdoorSpec.parse({ kind: 'backdoor', target: 1, trigger: patch }), someImages(6))
    expect([...rows.labels]).toEqual([0, 2, 0, 2])
    for (let row = 0; row < 4; row++)
      expect(imageAt(rows, row).flatMap((value, at) => (value === 0 ? [] : [at]))).toEqual(PATCH)
  })

  it('sends its update as it is unless boosted', () => {
    expect(anAttack({ kind: 'backdoor', target: 1 }).craft).toBeUndefined()
    expect(anAttack({ kind: 'backdoor', target: 1, boost: 10 }).craft).toBeDefined()
  })

  it('a target that does not exist, rows that are no images, a trigger outside the image are refused', () => {
    const spec = { kind: 'backdoor', target: 1 } as const
    expect(() => poisoned({ ...spec, target: 3 })).toThrow('target 3')
    expect(() => poisoned(spec, { ...someImages(1), shape: [25] })).toThrow('a trigger is for images')
    expect(() => poisoned({ ...spec, trigger: { kind: 'patch', side: 5 } })).toThrow(
      'outside an image of 5 × 5',
    )
  })
})
