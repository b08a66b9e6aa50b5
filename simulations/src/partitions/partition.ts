import { unreachable } from '@tributary/protocols'
import { mistakesOf } from '@tributary/protocols/rest'
import { seededRandom } from '@tributary/protocols/runtime'
import * as z from 'zod'
import { ScenarioError } from '../scenarios/scenario-error.ts'
import { ContinuousSpec, continuous } from './continuous.ts'
import { DirichletSpec, dirichlet } from './dirichlet.ts'
import { DistributionSpec, distribution } from './distribution.ts'
import { IidSpec, iid } from './iid.ts'
import { InnerDirichletSpec, innerDirichlet } from './inner-dirichlet.ts'
import { LabelCountSpec, labelCount } from './label-count.ts'
import { GroupedNaturalSpec, groupedNatural, NaturalSpec, natural } from './natural.ts'
import type { PartitionRows } from './partition-rows.ts'
import { ShardsSpec, shards } from './shards.ts'
import { SizeDirichletSpec, sizeDirichlet } from './size-dirichlet.ts'
import {
  ExponentialSpec,
  exponential,
  LinearSpec,
  linear,
  SizesSpec,
  SquareSpec,
  sizes,
  square,
} from './sizes.ts'

/** How rows are given out to clients, as a scenario file says it. */
export const PartitionSpec = z.discriminatedUnion('kind', [
  IidSpec,
  ShardsSpec,
  DirichletSpec,
  InnerDirichletSpec,
  SizeDirichletSpec,
  LabelCountSpec,
  DistributionSpec,
  NaturalSpec,
  GroupedNaturalSpec,
  SizesSpec,
  LinearSpec,
  SquareSpec,
  ExponentialSpec,
  ContinuousSpec,
])
export type PartitionSpec = z.infer<typeof PartitionSpec>

/**
 * The rows of each client, ascending; no row is two clients'. The same rows, spec and seed give the same clients.
 * @throws ScenarioError, every mistake with its path and what would do.
 */
export const partition = (
  rows: PartitionRows,
  spec: z.input<typeof PartitionSpec>,
  seed: string | number,
): Uint32Array[] => {
  const parsed = PartitionSpec.safeParse(spec)
  if (!parsed.success) throw new ScenarioError(mistakesOf(parsed.error))
  const asked = parsed.data
  const random = seededRandom(seed).fork(`partition v1, ${asked.kind}`)
  switch (asked.kind) {
    case 'iid':
      return iid(rows, asked, random)
    case 'shards':
      return shards(rows, asked, random)
    case 'dirichlet':
      return dirichlet(rows, asked, random)
    case 'inner-dirichlet':
      return innerDirichlet(rows, asked, random)
    case 'size-dirichlet':
      return sizeDirichlet(rows, asked, random)
    case 'label-count':
      return labelCount(rows, asked, random)
    case 'distribution':
      return distribution(rows, asked, random)
    case 'natural':
      return natural(rows, asked, random)
    case 'grouped-natural':
      return groupedNatural(rows, asked, random)
    case 'sizes':
      return sizes(rows, asked, random)
    case 'linear':
      return linear(rows, asked, random)
    case 'square':
      return square(rows, asked, random)
    case 'exponential':
      return exponential(rows, asked, random)
    case 'continuous':
      return continuous(rows, asked, random)
    default:
      return unreachable(asked)
  }
}
