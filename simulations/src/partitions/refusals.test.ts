import { describe, expect, it } from 'vitest'
import type * as z from 'zod'
import { ScenarioError } from '../scenarios/scenario-error.ts'
import { rowsOf } from './partition.arbitraries.ts'
import { type PartitionSpec, partition } from './partition.ts'

const rows = rowsOf({
  label: [0, 0, 0, 1, 1, 2, 2, 2, 2, 2],
  labels: 3,
  group: [0, 0, 0, 0, 0, 1, 1, 1, 2, 2],
  groups: 3,
})

const mistakesOf = (spec: z.input<typeof PartitionSpec>, of = rows) => {
  try {
    partition(of, spec, 1)
  } catch (error) {
    if (error instanceof ScenarioError) return error.mistakes
    throw error
  }
  return []
}

type Row = [string, z.input<typeof PartitionSpec>, path: string, remedy: string]
const IMPOSSIBLE: Row[] = [
  ['more clients than rows', { kind: 'iid', clients: 11 }, 'clients', 'ask for 10 clients at most'],
  ['no client', { kind: 'iid', clients: 0 }, 'clients', 'give one client or more'],
  [
    'more shards than rows',
    { kind: 'shards', clients: 6 },
    'shardsPerClient',
    'ask for fewer clients or shards',
  ],
  [
    'shards too large',
    { kind: 'shards', clients: 2, shardSize: 3 },
    'shardSize',
    'ask for fewer clients or shards',
  ],
  ['alpha 0', { kind: 'dirichlet', clients: 2, alpha: 0 }, 'alpha', 'must be above 0'],
  ['a negative alpha', { kind: 'size-dirichlet', clients: 2, alpha: -1 }, 'alpha', 'must be above 0'],
  ['an alpha too few', { kind: 'dirichlet', clients: 3, alpha: [1, 1] }, 'alpha', 'give one for each'],
  [
    'a minimum that no row is left for',
    { kind: 'dirichlet', clients: 3, alpha: 1, minimumSize: 4 },
    'clients',
    'ask for 2 clients at most',
  ],
  [
    'a minimum that no draw meets',
    { kind: 'dirichlet', clients: 5, alpha: 0.001, minimumSize: 2 },
    'minimumSize',
    'raise alpha',
  ],
  [
    'more labels than there are',
    { kind: 'label-count', clients: 5, labelsPerClient: 4 },
    'labelsPerClient',
    'ask for 3 at most',
  ],
  [
    'labels that nobody holds',
    { kind: 'label-count', clients: 2, labelsPerClient: 1 },
    'labelsPerClient',
    'ask for more clients or labels',
  ],
  [
    'a label with more holders than rows',
    { kind: 'label-count', clients: 9, labelsPerClient: 3 },
    'clients',
    'ask for fewer clients',
  ],
  [
    'labels that no client reaches',
    { kind: 'distribution', clients: 1, labelsPerClient: 2 },
    'clients',
    'ask for 2 clients or more',
  ],
  [
    'a minimum above a label',
    { kind: 'distribution', clients: 3, minimumPerLabel: 2 },
    'minimumPerLabel',
    'ask for fewer clients or a lower minimum',
  ],
  [
    'weights of other labels',
    { kind: 'distribution', clients: 3, weights: { kind: 'given', of: [[1]] } },
    'weights.of',
    'give one for each',
  ],
  [
    'weights of all zeros',
    {
      kind: 'distribution',
      clients: 3,
      minimumPerLabel: 0,
      weights: {
        kind: 'given',
        of: [
          [0, 0],
          [1, 1],
          [1, 1],
        ],
      },
    },
    'weights.of[0]',
    'give somebody a weight',
  ],
  ['a column that is not there', { kind: 'natural', by: 'hospital' }, 'by', 'choose one of label, group'],
  [
    'a column named like a method',
    { kind: 'natural', by: 'constructor' },
    'by',
    'choose one of label, group',
  ],
  [
    'more natural clients than there are',
    { kind: 'natural', clients: 4 },
    'clients',
    'ask for as many at most',
  ],
  ['nobody large enough', { kind: 'natural', minimumSize: 6 }, 'minimumSize', 'lower it'],
  [
    'groups that do not go up',
    { kind: 'grouped-natural', groupSize: 2, remainder: 'strict' },
    'groupSize',
    'choose a divisor',
  ],
  [
    'a group of more than all',
    { kind: 'grouped-natural', groupSize: 4, remainder: 'dropped' },
    'groupSize',
    'ask for groups of as many at most',
  ],
  ['sizes beyond the rows', { kind: 'sizes', sizes: [6, 6] }, 'sizes', 'lower them by 2'],
  ['a size of 0', { kind: 'sizes', sizes: [0, 6] }, 'sizes[0]', 'one row or more'],
  [
    'inner sizes beyond the rows',
    { kind: 'inner-dirichlet', sizes: [11], alpha: 1 },
    'sizes',
    'lower them by 1',
  ],
  ['a client without a row', { kind: 'exponential', clients: 5 }, 'clients', 'ask for fewer clients'],
  ['a number that is not there', { kind: 'continuous', clients: 2, by: 'label' }, 'by', 'choose one of age'],
  [
    'a strictness above 1',
    { kind: 'continuous', clients: 2, by: 'age', strictness: 2 },
    'strictness',
    'at most 1',
  ],
]

describe('a partition that cannot be', () => {
  it.each(IMPOSSIBLE)('(%s) is refused with its path and a remedy', (_, spec, path, remedy) => {
    const mistakes = mistakesOf(spec)
    expect(mistakes.map((mistake) => mistake.path)).toEqual([path])
    expect(mistakes[0]?.message).toContain(remedy)
  })

  it('for want of a number is refused: missing, or the same in every row', () => {
    const spec = { kind: 'continuous', clients: 2, by: 'age' } as const
    const ages = (age: number[]) => rowsOf({ label: [0, 0], labels: 1, age })
    expect(mistakesOf(spec, ages([1, Number.NaN]))[0]?.message).toContain('row 1 has no age')
    expect(mistakesOf(spec, ages([3, 3]))[0]?.message).toContain('the same in every row')
    expect(mistakesOf({ ...spec, strictness: 0 }, ages([3, 3]))).toEqual([])
  })

  it('names every mistake of its form at once', () => {
    const spec = { kind: 'dirichlet', clients: -1, alpha: 0, colour: 'red' } as const
    expect(
      mistakesOf(spec)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['alpha', 'clients', 'colour'])
  })

  it('says so in one message of a line each', () => {
    expect(() => partition(rows, { kind: 'iid', clients: 11 }, 1)).toThrow(
      /^clients: 11 clients .* there are 10: ask/,
    )
  })
})
