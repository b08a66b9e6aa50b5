/** The clients of a scenario, as a world takes them: what they hold, what they run on, and whether they are honest. */
import { roundId, type TaskId } from '@tributary/protocols'
import { type SeededRandom, uniform } from '@tributary/protocols/runtime'
import { attackOf, type Population } from '../population/index.ts'
import { createLiars } from '../training/dishonest.ts'
import { createHonestTraining } from '../training/honest.ts'
import type { TrainingPool } from '../training/pool.ts'
import { clientChance, trainingSeedBy } from '../world/client-chance.ts'
import type { Crowd, CrowdMember } from '../world/crowd.ts'
import { populationDevice } from '../world/population-device.ts'
import { steadyDevice, type VirtualDevice } from '../world/virtual-device.ts'
import { clientName } from './client-name.ts'
import type { Holdings } from './phases.ts'
import type { Scenario } from './scenario.ts'

export const membersOf = ({
  scenario,
  seed,
  file,
  holdings,
  population,
  pool,
  round,
  random,
}: {
  scenario: Scenario
  seed: number
  file: { id: TaskId }
  holdings: Holdings
  population: Population | undefined
  pool: TrainingPool
  round: Crowd['round']
  random: SeededRandom
}): CrowdMember[] => {
  const attacks = scenario.population?.attackers.map(({ attack }) => attack) ?? []
  const rowsOf = (client: number, round: number) => holdings.rowsIn(round)[client] ?? new Uint32Array(0)
  const honest = createHonestTraining({
    pool,
    rowsOf,
    seedOf: (client, round) =>
      trainingSeedBy(clientChance(seed, clientName(client)))(roundId(file.id, round)),
    population,
    shared: attacks.some((attack) => attackOf(attack).sees !== 'own'),
  })
  const liar =
    population &&
    createLiars({
      honest,
      population,
      attacks,
      examplesOf: (client) => rowsOf(client, round().number).length,
      round,
      random: random.fork('attacks'),
    })
  const liars = new Set(population?.groups.flatMap((clients) => [...clients]))
  return Array.from({ length: holdings.clients }, (_, client): CrowdMember => {
    const common = {
      name: clientName(client),
      device: deviceOf(client),
      hasWork: (round: number) => rowsOf(client, round).length > 0,
    }
    if (liar && liars.has(client)) return { ...common, ...liar(client) }
    return { ...common, trainer: { train: (job) => honest(client, { ...job, round: round().number }) } }
  })

  function deviceOf(client: number): VirtualDevice {
    const { costs, plan } = scenario
    const epochMs = (round: number) => rowsOf(client, round).length * costs.msPerExample
    if (population) return populationDevice(population, client, { epochs: plan.epochs, epochMs })
    const factor = (costs.slowest ?? SLOWEST) ** uniform(random.fork(`device ${client}`))
    return steadyDevice((round) => Math.max(1, Math.round(plan.epochs * epochMs(round) * factor)))
  }
}

/** Without a population, how many times as long as the fastest device the slowest takes. */
const SLOWEST = 4
