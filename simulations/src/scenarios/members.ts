/** The clients of a scenario, as a world takes them: what they hold, what they run on, and whether they are honest. */
import { type SeededRandom, uniform } from '@tributary/protocols/runtime'
import { attackOf, type Population } from '../population/index.ts'
import { createLiars } from '../training/dishonest.ts'
import { createHonestTraining } from '../training/honest.ts'
import type { TrainingPool } from '../training/pool.ts'
import type { Crowd, CrowdMember } from '../world/crowd.ts'
import { populationDevice } from '../world/population-device.ts'
import { steadyDevice, type VirtualDevice } from '../world/virtual-device.ts'
import { clientName } from './client-name.ts'
import type { Scenario } from './scenario.ts'

export const membersOf = ({
  scenario,
  parts,
  population,
  pool,
  round,
  random,
}: {
  scenario: Scenario
  /** Rows of each client. */
  parts: readonly Uint32Array[]
  population: Population | undefined
  pool: TrainingPool
  round: Crowd['round']
  random: SeededRandom
}): CrowdMember[] => {
  const attacks = scenario.population?.attackers.map(({ attack }) => attack) ?? []
  const honest = createHonestTraining({
    pool,
    parts,
    population,
    shared: attacks.some((attack) => attackOf(attack).sees !== 'own'),
    random: random.fork('training'),
  })
  const liar =
    population &&
    createLiars({
      honest,
      population,
      attacks,
      examplesOf: (client) => parts[client]?.length ?? 0,
      round,
      random: random.fork('attacks'),
    })
  const liars = new Set(population?.groups.flatMap((clients) => [...clients]))
  return parts.map((rows, client): CrowdMember => {
    const common = { name: clientName(client), device: deviceOf(client, rows.length) }
    if (liar && liars.has(client)) return { ...common, ...liar(client) }
    return { ...common, trainer: { train: (job) => honest(client, { ...job, round: round().number }) } }
  })

  function deviceOf(client: number, rows: number): VirtualDevice {
    const { costs, plan } = scenario
    const epochMs = rows * costs.msPerExample
    if (population) return populationDevice(population, client, { epochs: plan.epochs, epochMs })
    const factor = (costs.slowest ?? SLOWEST) ** uniform(random.fork(`device ${client}`))
    return steadyDevice(Math.max(1, Math.round(plan.epochs * epochMs * factor)))
  }
}

/** Without a population, how many times as long as the fastest device the slowest takes. */
const SLOWEST = 4
