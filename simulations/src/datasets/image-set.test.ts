import { describe, expect, it } from 'vitest'
import { dataUnderTest } from './data-under-test.ts'
import { DatasetError } from './dataset-error.ts'
import { loadFashionMnist } from './fashion-mnist.ts'
import { anIdx } from './idx-fixture.ts'
import { readImages } from './image-set.ts'
import { labelCounts } from './label-counts.ts'
import { loadMnist, loadMnistByWriter } from './mnist.ts'
import { DATASET_FILES } from './registry.ts'

const images = anIdx({ shape: [2, 28, 28], values: Array.from({ length: 2 * 784 }, (_, i) => i % 256) })
const read = (labels: number[]) =>
  readImages(
    { name: 'set/images', images, labels: anIdx({ shape: [labels.length], values: labels }) },
    { rows: 2, classes: 10 },
  )

describe('images', () => {
  it('are rows of bytes that scale to 0..1', () => {
    const { count, features, targets } = read([3, 9])
    expect([count, [...targets], features.width]).toEqual([2, [3, 9], 784])
    expect(features).toMatchObject({ kind: 'uint8', scale: 1 / 255 })
    expect(features.values[783]).toBe(783 % 256)
  })

  it.each([
    ['of a class that is not there', [3, 10], 'row 1: 10 is none of 10 classes'],
    ['that are fewer than their labels', [3, 9, 1], 'labels of set/images has shape 3'],
  ])('with labels %s are refused with their name', (_, labels, reason) => {
    expect(() => read(labels)).toThrow(DatasetError)
    expect(() => read(labels)).toThrow(reason)
  })
})

const mnist = dataUnderTest(DATASET_FILES['mnist-writers'])

describe.skipIf(!mnist.present)(`MNIST${mnist.note}`, () => {
  it('has the published rows of each digit', async () => {
    const { train, test } = await loadMnist(mnist.folder)
    expect(labelCounts(train, 10)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
    expect(labelCounts(test, 10)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
  })

  it('by writer is the same rows, of 539 writers, tested on 297 others', async () => {
    const [whole, written] = await Promise.all([loadMnist(mnist.folder), loadMnistByWriter(mnist.folder)])
    expect(Buffer.compare(asBytes(written.train.features.values), asBytes(whole.train.features.values))).toBe(
      0,
    )
    const [train, test] = [written.train.groups?.names ?? [], written.test.groups?.names ?? []]
    expect([train.length, test.length, test.filter((name) => train.includes(name))]).toEqual([539, 297, []])
    const { series } = written.train.columns
    expect(series?.kind === 'category' && series.names).toEqual(['employee', 'student'])
    expect(series?.kind === 'category' && series.of.filter((of) => of === 0).length).toBe(30_950)
  })
})

const fashion = dataUnderTest(DATASET_FILES['fashion-mnist'])

describe.skipIf(!fashion.present)(`Fashion-MNIST${fashion.note}`, () => {
  it('has 6,000 and 1,000 rows of each of ten classes', async () => {
    const set = await loadFashionMnist(fashion.folder)
    expect(labelCounts(set.train, 10)).toEqual(Array(10).fill(6_000))
    expect(labelCounts(set.test, 10)).toEqual(Array(10).fill(1_000))
    expect(set.task).toMatchObject({ classes: expect.arrayContaining(['Ankle boot']) })
  })
})

const asBytes = ({ buffer, byteOffset, byteLength }: Uint8Array | Float32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength)
