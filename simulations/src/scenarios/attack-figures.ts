import type { Assignment } from '@tributary/protocols/task'
import type { Dataset } from '../datasets/index.ts'
import type { Population } from '../population/index.ts'
import type { TrainingPool } from '../training/pool.ts'
import { clientName } from './client-name.ts'
import type { Scenario } from './scenario.ts'

/** How many of these participants attacked in the round; of a population of honest clients nothing is said. */
export const attacksIn = (
  population: Population | undefined,
  { round, participants }: { round: number; participants: readonly string[] },
): { attackers?: number } => {
  if (!population || population.groups.length === 0) return {}
  const attacking = new Set(
    population.groups.flatMap((clients) =>
      [...clients].filter((client) => population.attackOf(client, round)).map(clientName),
    ),
  )
  return { attackers: participants.filter((name) => attacking.has(name)).length }
}

/**
 * How often a model takes held-out rows with a backdoor's trigger, truly something else, for its target; of several backdoors the most. Asked also where
 * attackers wait for a later round: so a model without the backdoor is measured. Undefined without a backdoor.
 */
export const createBackdoorJudge = ({
  scenario,
  dataset,
  pool,
  assignment,
}: {
  scenario: Scenario
  dataset: Dataset
  pool: TrainingPool
  assignment: Assignment
}): ((weights: Float32Array) => Promise<number | undefined>) => {
  const { count, targets } = dataset.test
  const backdoors = (scenario.population?.attackers ?? []).flatMap(({ attack: backdoor }) => {
    if (backdoor.kind !== 'backdoor') return []
    const rows = Uint32Array.from(
      Array.from({ length: count }, (_, row) => row).filter((row) => targets[row] !== backdoor.target),
    )
    return rows.length === 0 ? [] : [{ backdoor, rows }]
  })
  return async (weights) => {
    if (backdoors.length === 0) return undefined
    const rates = await Promise.all(
      backdoors.map(async (asked) => {
        const { correct } = await pool.judge({ assignment, weights, split: 'test', ...asked })
        return correct.reduce((sum, taken) => sum + taken, 0) / correct.length
      }),
    )
    return Math.max(...rates)
  }
}
