import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { categoryOf, copyRow, type Dataset, type Features } from './dataset.ts'
import { handwritingDataset } from './mnist.ts'

/** Every typed array of a value, however deep. */
const arraysIn = (value: unknown): ArrayBufferView[] => {
  if (ArrayBuffer.isView(value)) return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(arraysIn) : []
}

const bytesOf = ({ train: { features } }: Dataset) => new Uint8Array(features.values.buffer)

describe('a data set', () => {
  const digits: Dataset = handwritingDataset({ writers: 2, seed: 1 })

  it('lies in shared memory, all of it', () => {
    const arrays = arraysIn(digits)
    expect(arrays.length).toBe(8)
    expect(arrays.filter(({ buffer }) => !(buffer instanceof SharedArrayBuffer))).toEqual([])
  })

  it('is seen by a worker where it lies, not copied', async () => {
    const worker = new Worker(
      `const { parentPort } = require('node:worker_threads')
       parentPort.on('message', ({ train }) => { train.targets[0] = 9; parentPort.postMessage(train.count) })`,
      { eval: true },
    )
    const before = digits.train.targets[0]
    const answered = once(worker, 'message')
    worker.postMessage(digits)
    expect(await answered).toEqual([digits.train.count])
    expect(digits.train.targets[0]).toBe(9)
    digits.train.targets[0] = before ?? 0
    await worker.terminate()
  })

  it('that is generated has one checksum for one recipe', () => {
    const again = handwritingDataset({ writers: 2, seed: 1 })
    const other = handwritingDataset({ writers: 2, seed: 2 })
    expect(again.checksum).toBe(digits.checksum)
    expect(Buffer.compare(bytesOf(again), bytesOf(digits))).toBe(0)
    expect(other.checksum).not.toBe(digits.checksum)
  })
})

describe('a row', () => {
  const rowOf = (features: Features, row: number) => {
    const into = new Float32Array(features.width + 1).fill(-1)
    copyRow(features, row, into, 1)
    return [...into]
  }

  it.each<[string, Features, number[]]>([
    ['of floats is as it is', { kind: 'float32', width: 2, values: Float32Array.of(1, 2, 3, 4) }, [-1, 3, 4]],
    [
      'of bytes is scaled',
      { kind: 'uint8', width: 2, values: Uint8Array.of(1, 2, 3, 4), scale: 0.5 },
      [-1, 1.5, 2],
    ],
    [
      'of a text begins where its window does',
      { kind: 'windows', width: 2, values: Uint8Array.of(5, 6, 7, 8), starts: Uint32Array.of(0, 1), ids: 9 },
      [-1, 6, 7],
    ],
  ])('%s', (_, features, expected) => {
    expect(rowOf(features, 1)).toEqual(expected)
  })
})

describe('a category', () => {
  it('names what there is in order of the alphabet', () => {
    const { names, of } = categoryOf(['b', 'a', 'b'])
    expect([names, [...of]]).toEqual([
      ['a', 'b'],
      [1, 0, 1],
    ])
  })

  it('that is given its names takes no others', () => {
    expect(() => categoryOf(['a', 'c'], ['a', 'b'])).toThrow('row 1: "c" is not a known name')
  })
})
