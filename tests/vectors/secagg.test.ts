import { sparseGraph } from '@tributary/protocols/secagg'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { readVectors } from './vectors.ts'

const Adversary = z.enum(['curious', 'lying'])
const Row = z.tuple([z.int(), z.number(), z.number(), Adversary, z.int().nullable(), z.int().nullable()])
const GraphVectors = z.strictObject({
  description: z.string(),
  published: z.array(Row).min(60),
  computed: z.array(Row).min(130),
})

const vectors = readVectors('graph-parameters.json', GraphVectors)
/** Rows of millions of clients with thousands of neighbours take seconds each; the arithmetic is the same. */
const isQuick = ([clients, , , , degree]: z.infer<typeof Row>) => clients <= 10_000 || (degree ?? 0) < 200

describe('graph parameters', () => {
  test.each(['published', 'computed'] as const)('are the %s ones, row by row', (which) => {
    const rows = vectors[which].filter(isQuick)
    expect(rows.length).toBeGreaterThan(which === 'published' ? 40 : 120)
    const found = rows.map(([clients, corrupt, dropout, adversary]): z.infer<typeof Row> => {
      const graph = sparseGraph({ clients, corrupt, dropout, adversary })
      return [clients, corrupt, dropout, adversary, graph?.degree ?? null, graph?.threshold ?? null]
    })
    expect(found).toEqual(rows)
  })
})
