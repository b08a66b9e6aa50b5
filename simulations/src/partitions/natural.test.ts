import { describe, expect, it } from 'vitest'
import { dataUnderTest } from '../datasets/data-under-test.ts'
import { DATASET_FILES, loadDataset } from '../datasets/registry.ts'
import { holdingsOf } from './holdings.ts'
import { rowsOf } from './partition.arbitraries.ts'
import { partition } from './partition.ts'
import { describeRows } from './partition-rows.ts'
import { partitionFeatures } from './vertical.ts'

const rows = rowsOf({ label: Array(10).fill(0), labels: 1, group: [0, 1, 3, 3, 1, 0, 4, 4, 4, 0], groups: 6 })

describe('natural clients', () => {
  it('are those that have rows, in their order', () => {
    expect(partition(rows, { kind: 'natural' }, 1).map((part) => [...part])).toEqual([
      [0, 5, 9],
      [1, 4],
      [2, 3],
      [6, 7, 8],
    ])
  })

  it('may be some, drawn, or those with enough rows', () => {
    expect(partition(rows, { kind: 'natural', clients: 2 }, 1).length).toBe(2)
    expect(partition(rows, { kind: 'natural', minimumSize: 3 }, 1).map((part) => part[0])).toEqual([0, 6])
  })

  it.each([
    ['smaller', [3, 1]],
    ['bigger', [4]],
    ['dropped', [3]],
  ] as const)('go together by threes, what is left over: %s', (remainder, members) => {
    const parts = partition(rows, { kind: 'grouped-natural', groupSize: 3, remainder }, 1)
    const groups = parts.map((part) => new Set([...part].map((row) => rows.categories.group?.of[row])).size)
    expect(groups).toEqual(members)
  })
})

describe('features', () => {
  it('are given out each once, evenly or by size, in order or drawn', () => {
    const even = partitionFeatures(5, { kind: 'vertical-even', clients: 2, shuffled: false }, 1)
    expect(even.map((part) => [...part])).toEqual([
      [0, 1, 2],
      [3, 4],
    ])
    const drawn = partitionFeatures(40, { kind: 'vertical-sizes', sizes: [30, 10], shuffled: true }, 1)
    expect(drawn.map((part) => part.length)).toEqual([30, 10])
    expect(drawn.flatMap((part) => [...part]).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 40 }, (_, i) => i),
    )
    expect([...(drawn[1] ?? [])]).not.toEqual(Array.from({ length: 10 }, (_, i) => 30 + i))
  })

  it('that do not go up are refused', () => {
    expect(() => partitionFeatures(3, { kind: 'vertical-even', clients: 4, shuffled: false }, 1)).toThrow(
      'clients: 4',
    )
    expect(() => partitionFeatures(3, { kind: 'vertical-sizes', sizes: [1, 1], shuffled: false }, 1)).toThrow(
      'sizes: sum',
    )
  })
})

const { folder, present, note } = dataUnderTest([
  ...DATASET_FILES.mnist,
  ...DATASET_FILES.adult,
  ...DATASET_FILES['heart-disease'],
])

describe.skipIf(!present)(`real sets${note}`, () => {
  it('MNIST in McMahan’s two shards: 100 clients of 600, most of two labels', async () => {
    const { train, task } = await loadDataset({ name: 'mnist' }, { data: folder })
    const mnist = describeRows(train, task)
    const parts = partition(mnist, { kind: 'shards', clients: 100 }, 1)
    expect(new Set(parts.map((part) => part.length))).toEqual(new Set([600]))
    const held = holdingsOf(parts, mnist.categories.label ?? { names: [], of: [] }).counts.map(
      (counts) => counts.filter((count) => count > 0).length,
    )
    expect(held.filter((labels) => labels <= 2).length).toBeGreaterThan(75)
    expect(Math.max(...held)).toBeLessThanOrEqual(4)
  })

  it('Adult by occupation, and unlike by sex', async () => {
    const { train, task } = await loadDataset({ name: 'adult' }, { data: folder })
    const adult = describeRows(train, task)
    expect(partition(adult, { kind: 'natural' }, 1).length).toBe(15)
    const parts = partition(
      adult,
      { kind: 'dirichlet', clients: 100, alpha: 0.5, by: 'sex', minimumSize: 10 },
      1,
    )
    const women = holdingsOf(parts, adult.categories.sex ?? { names: [], of: [] }).counts.map(
      ([female = 0, male = 0]) => female / (female + male),
    )
    expect(Math.min(...women)).toBeLessThan(0.05)
    expect(Math.max(...women)).toBeGreaterThan(0.8)
  })

  it('heart disease by hospital: four clients', async () => {
    const { train, task } = await loadDataset(
      { name: 'heart-disease', missing: 'leave-out', seed: 1 },
      { data: folder },
    )
    const parts = partition(describeRows(train, task), { kind: 'natural' }, 1)
    expect(parts.map((part) => part.length)).toEqual([199, 172, 30, 85])
  })
})
