import * as z from 'zod'
import { categoryBy, type PartitionRows } from '../partitions/partition-rows.ts'
import { ScenarioError } from './scenario-error.ts'

/** From a round on, the rows that clients have: others are not there yet, or no more. So the world drifts under a model. */
export const PhaseSpec = z.strictObject({
  /** The number of the round with which it begins, abandoned ones counted; it lasts until the next begins. */
  fromRound: z.int().min(1),
  /** Rows whose `by` (`label`, `group` or a column) is one of these. */
  by: z.string().min(1),
  names: z.array(z.string()).min(1),
})
export type PhaseSpec = z.infer<typeof PhaseSpec>

export const Phases = z
  .array(PhaseSpec)
  .max(1_000)
  .refine((phases) => phases.every(({ fromRound }, at) => fromRound > (phases[at - 1]?.fromRound ?? 0)), {
    message: 'must begin one after the other: order them by fromRound, each with a round of its own',
  })
  .default([])

/** What each client has in a round, from 1: the rows of its part that the round's phase allows. */
export type Holdings = {
  readonly clients: number
  rowsIn(round: number): readonly Uint32Array[]
}

/** @throws ScenarioError, with every phase's path, for a category or a name that the rows do not have, or a phase without any row. */
export const holdingsInPhases = (
  rows: PartitionRows,
  parts: readonly Uint32Array[],
  phases: readonly PhaseSpec[],
): Holdings => {
  const mistakes = phases.flatMap(({ by, names }, at) => {
    const category = categoryBy(rows, by, `phases.${at}.by`)
    return names.flatMap((name, i) =>
      category.names.includes(name)
        ? []
        : [
            {
              path: `phases.${at}.names.${i}`,
              message: `${by} has no '${name}': choose of ${category.names.slice(0, 20).join(', ')}`,
            },
          ],
    )
  })
  if (mistakes.length > 0) throw new ScenarioError(mistakes)
  const held = phases.map(({ fromRound, by, names }, at) => {
    const category = categoryBy(rows, by)
    const wanted = new Set(names.map((name) => category.names.indexOf(name)))
    const own = parts.map((part) => part.filter((row) => wanted.has(category.of[row] ?? -1)))
    if (own.every(({ length }) => length === 0))
      throw new ScenarioError([{ path: `phases.${at}.names`, message: 'no client has a row of these' }])
    return { fromRound, own }
  })
  return {
    clients: parts.length,
    rowsIn: (round) => held.findLast(({ fromRound }) => fromRound <= round)?.own ?? parts,
  }
}
