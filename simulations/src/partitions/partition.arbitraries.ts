import fc from 'fast-check'
import type * as z from 'zod'
import type { PartitionSpec } from './partition.ts'
import type { PartitionRows } from './partition-rows.ts'

/** Rows with labels, groups and ages of their own; `labels[row]` and the others are drawn. */
export const someRows = (least = 1, most = 300): fc.Arbitrary<PartitionRows> =>
  fc
    .tuple(
      fc.integer({ min: least, max: most }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 9 }),
    )
    .chain(([count, labels, groups]) => {
      const each = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: count, maxLength: count })
      return fc
        .tuple(each(fc.nat(labels - 1)), each(fc.nat(groups - 1)), each(fc.integer({ min: -50, max: 50 })))
        .map(([label, group, age]) => rowsOf({ label, labels, group, groups, age }))
    })

type Columns = { label: number[]; labels: number; group?: number[]; groups?: number; age?: number[] }

export const rowsOf = ({ label, labels, group, groups = 1, age }: Columns): PartitionRows => ({
  count: label.length,
  categories: {
    label: { names: names('label', labels), of: label },
    group: { names: names('group', groups), of: group ?? label.map(() => 0) },
  },
  numbers: { age: age ?? label.map((_, row) => row) },
})

const names = (word: string, count: number) => Array.from({ length: count }, (_, i) => `${word}-${i}`)

const clients = fc.integer({ min: 1, max: 20 })
const alpha = fc.constantFrom(0.001, 0.1, 1, 100)

/** Specs that give out every row. */
export const wholeSpecs: Record<string, fc.Arbitrary<z.input<typeof PartitionSpec>>> = {
  iid: fc.record({ kind: fc.constant('iid' as const), clients }),
  shards: fc.record({
    kind: fc.constant('shards' as const),
    clients,
    shardsPerClient: fc.integer({ min: 1, max: 4 }),
  }),
  dirichlet: fc.record({
    kind: fc.constant('dirichlet' as const),
    clients,
    alpha,
    minimumSize: fc.constantFrom(0, 1, 3),
    selfBalancing: fc.boolean(),
  }),
  'size-dirichlet': fc.record({ kind: fc.constant('size-dirichlet' as const), clients, alpha }),
  'label-count': fc.record({
    kind: fc.constant('label-count' as const),
    clients,
    labelsPerClient: fc.integer({ min: 1, max: 4 }),
    assignment: fc.constantFrom('random' as const, 'in-turn' as const, 'first-in-turn' as const),
  }),
  distribution: fc.record({
    kind: fc.constant('distribution' as const),
    clients,
    labelsPerClient: fc.integer({ min: 1, max: 4 }),
  }),
  natural: fc.record({ kind: fc.constant('natural' as const), by: fc.constantFrom('group', 'label') }),
  'grouped-natural': fc.record({
    kind: fc.constant('grouped-natural' as const),
    groupSize: fc.integer({ min: 1, max: 4 }),
    remainder: fc.constantFrom('smaller' as const, 'bigger' as const, 'strict' as const),
  }),
  linear: fc.record({ kind: fc.constant('linear' as const), clients }),
  square: fc.record({ kind: fc.constant('square' as const), clients }),
  exponential: fc.record({
    kind: fc.constant('exponential' as const),
    clients,
    base: fc.constantFrom(1.1, 2, Math.E),
  }),
  continuous: fc.record({
    kind: fc.constant('continuous' as const),
    clients,
    by: fc.constant('age'),
    strictness: fc.constantFrom(0, 0.5, 1),
  }),
}

/** Specs that may leave rows to nobody, as their sizes say. */
export const partSpecs: Record<string, fc.Arbitrary<z.input<typeof PartitionSpec>>> = {
  sizes: fc.record({
    kind: fc.constant('sizes' as const),
    sizes: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 10 }),
  }),
  'inner-dirichlet': fc.record({
    kind: fc.constant('inner-dirichlet' as const),
    sizes: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 10 }),
    alpha,
  }),
  'shards of a size': fc.record({
    kind: fc.constant('shards' as const),
    clients,
    shardSize: fc.integer({ min: 1, max: 5 }),
  }),
  'natural, some': fc.record({
    kind: fc.constant('natural' as const),
    clients: fc.integer({ min: 1, max: 4 }),
  }),
  'grouped-natural, dropped': fc.record({
    kind: fc.constant('grouped-natural' as const),
    groupSize: fc.integer({ min: 1, max: 4 }),
    remainder: fc.constant('dropped' as const),
  }),
}
