import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type * as z from 'zod'
import { ScenarioError } from '../scenarios/scenario-error.ts'
import { partSpecs, rowsOf, someRows, wholeSpecs } from './partition.arbitraries.ts'
import { PartitionSpec, partition } from './partition.ts'

/** What a partition gives, or nothing where it is refused for a reason. */
const partitionOrRefusal = (...asked: Parameters<typeof partition>) => {
  try {
    return partition(...asked)
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    for (const { path, message } of error.mistakes) expect([path, message.length > 20]).toEqual([path, true])
    return undefined
  }
}

const seeds = fc.integer({ min: 0, max: 1_000 })
const SPECS = { ...wholeSpecs, ...partSpecs }

describe('a partition', () => {
  it('of every kind is tested here', () => {
    const tested = new Set(Object.keys(SPECS).map((name) => name.replace(/(,| of a).*/, '')))
    expect([...tested].sort()).toEqual(PartitionSpec.options.map(({ shape }) => shape.kind.value).sort())
  })

  it.each(Object.entries(wholeSpecs))('%s gives each row to exactly one client, ascending', (_, specs) => {
    let done = 0
    fc.assert(
      fc.property(someRows(), specs, seeds, (rows, spec, seed) => {
        const parts = partitionOrRefusal(rows, spec, seed)
        if (!parts) return
        done++
        const given = parts.flatMap((part) => [...part])
        expect(given.toSorted((a, b) => a - b)).toEqual(Array.from({ length: rows.count }, (_, row) => row))
        for (const part of parts) expect(part).toEqual(part.toSorted())
      }),
      { numRuns: 60 },
    )
    expect(done).toBeGreaterThan(10)
  })

  it.each(Object.entries(partSpecs))('%s gives no row to two clients', (_, specs) => {
    let done = 0
    fc.assert(
      fc.property(someRows(20), specs, seeds, (rows, spec, seed) => {
        const parts = partitionOrRefusal(rows, spec, seed)
        if (!parts) return
        done++
        const given = parts.flatMap((part) => [...part])
        expect(new Set(given).size).toBe(given.length)
        expect(given.every((row) => row < rows.count)).toBe(true)
        if (spec.kind === 'sizes' || spec.kind === 'inner-dirichlet')
          expect(parts.map((part) => part.length)).toEqual(spec.sizes)
      }),
      { numRuns: 60 },
    )
    expect(done).toBeGreaterThan(10)
  })

  it.each(Object.entries(SPECS))('%s is the same for the same seed', (_, specs) => {
    fc.assert(
      fc.property(someRows(20), specs, seeds, (rows, spec, seed) => {
        expect(partitionOrRefusal(rows, spec, seed)).toEqual(partitionOrRefusal(rows, spec, seed))
      }),
      { numRuns: 20 },
    )
  })

  const rows = rowsOf({
    label: Array.from({ length: 400 }, (_, row) => row % 4),
    labels: 4,
    group: Array.from({ length: 400 }, (_, row) => row % 40),
    groups: 40,
  })
  const drawn: z.input<typeof PartitionSpec>[] = [
    { kind: 'iid', clients: 5 },
    { kind: 'shards', clients: 5 },
    { kind: 'dirichlet', clients: 5, alpha: 1 },
    { kind: 'inner-dirichlet', sizes: [50, 50], alpha: 1 },
    { kind: 'size-dirichlet', clients: 5, alpha: 1 },
    { kind: 'label-count', clients: 5, labelsPerClient: 2 },
    { kind: 'distribution', clients: 5 },
    { kind: 'natural', clients: 5 },
    { kind: 'grouped-natural', groupSize: 8 },
    { kind: 'sizes', sizes: [50, 50] },
    { kind: 'linear', clients: 5 },
    { kind: 'square', clients: 5 },
    { kind: 'exponential', clients: 5 },
    { kind: 'continuous', clients: 5, by: 'age', strictness: 0.5 },
  ]
  it.each(drawn)('$kind is another for another seed', (spec) => {
    expect(partition(rows, spec, 1)).not.toEqual(partition(rows, spec, 2))
  })
})
