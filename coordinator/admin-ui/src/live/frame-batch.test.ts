import { expect, test } from 'vitest'
import { createFrameBatch } from './frame-batch.ts'

const aBatch = () => {
  const frames: (() => void)[] = []
  const taken: (readonly number[])[] = []
  const batch = createFrameBatch<number>({
    nextFrame: (run) => frames.push(run),
    take: (items) => taken.push(items),
  })
  return { ...batch, taken, draw: () => frames.splice(0).map((run) => run()) }
}

test('all that comes within a frame is handed on once, in its order', () => {
  const { add, draw, taken } = aBatch()
  for (const item of [1, 2, 3]) add(item)
  expect(taken).toEqual([])
  draw()
  add(4)
  draw()
  draw()
  expect(taken).toEqual([[1, 2, 3], [4]])
})

test('what was dropped is not handed on', () => {
  const { add, drop, draw, taken } = aBatch()
  add(1)
  drop()
  draw()
  expect(taken).toEqual([])
})
