/** Clients that lie about what they trained: their trainer gives what the attack makes of it, and the SDK and the coordinator take it from there. */
import type { Trainer, TrainingJob, TrainingResult } from '@tributary/client-sdk'
import type { SeededRandom } from '@tributary/protocols/runtime'
import { type Attack, type AttackSpec, attackOf, type Population } from '../population/index.ts'
import { forgedUpload } from '../world/forged-upload.ts'
import type { Tamper } from '../world/virtual-client.ts'
import { type HonestTraining, sharedInRound } from './honest.ts'

type Needs = {
  honest: HonestTraining
  population: Population
  /** Of each group of attackers. */
  attacks: readonly AttackSpec[]
  /** Rows of each client. */
  examplesOf(client: number): number
  /** The round that is open, and who was there for it. */
  round(): { number: number; cohort: readonly number[] }
  random: SeededRandom
}

export type Liar = { trainer: Trainer; tamper: Tamper }

/**
 * The trainers of clients that attack, in the rounds in which they do. Whoever sees others sees what they train honestly in the same round, from the same
 * weights, without what a strategy of control variates would correct.
 */
export const createLiars = (needs: Needs): ((client: number) => Liar) => {
  const { honest, population, attacks, random } = needs
  const sameForAll = sharedInRound<Float32Array>()
  const memory = new Map(
    population.groups.flatMap((clients, group) => {
      const spec = attacks[group]
      return spec ? [...clients].map((client) => [client, attackOf(spec).remembers] as const) : []
    }),
  )

  return (client) => {
    /** The update that the SDK would not hand in as it is. */
    let unsent: { delta: Float32Array; assignment: TrainingJob['assignment'] } | undefined
    const earlier: Float32Array[] = []

    const train = async (job: TrainingJob): Promise<TrainingResult> => {
      const { number: round } = needs.round()
      const own = { ...job, round }
      const attacking = population.attackOf(client, round)
      const spec = attacking && attacks[attacking.group]
      const isPoisoned = spec && attacking.attack.poison !== undefined
      const result = await honest(
        client,
        own,
        isPoisoned ? { attack: spec, seed: `poison ${client}` } : undefined,
      )
      if (isBeside(job)) return result
      unsent = undefined
      const trained = lessReceived(result.weights, job.weights)
      const before = earlier.slice()
      remember(earlier, trained, memory.get(client) ?? 0)
      if (!attacking?.attack.craft) return result
      const delta = await craftedBy({ ...attacking, round, job: own, own: trained, earlier: before })
      const weights = delta.map((value, at) => value + (job.weights[at] ?? 0))
      const isTaken = weights.every(Number.isFinite)
      if (!isTaken || job.assignment.plan.clipNorm !== undefined)
        unsent = { delta, assignment: job.assignment }
      return isTaken ? { ...result, weights } : result
    }

    const craftedBy = async ({ attack, group, round, job, own, earlier }: Work): Promise<Float32Array> => {
      const craft = async (label: string) =>
        attack.craft?.({
          honest: await updatesSeen({ attack, group, round, job, own }),
          own,
          round,
          random: random.fork(`${label} in round ${round}`),
          cohort: {
            updates: expected(round).length,
            attackers: colluders(group, round).length,
          },
          share: shareOf(client, round),
          earlier,
        }) ?? own
      return attack.sends === 'the same'
        ? sameForAll(job, group, () => craft(`group ${group}`))
        : craft(`client ${client}`)
    }

    return {
      trainer: { train },
      tamper: (upload, by) =>
        unsent
          ? forgedUpload(upload, { ...by, ...unsent, random: random.fork(`seal ${client} ${upload.round}`) })
          : upload,
    }
  }

  /** Of the cohort, those that hand something in. */
  function expected(round: number): number[] {
    return needs.round().cohort.filter((other) => population.fateOf(other, round).kind !== 'drops')
  }

  function colluders(group: number, round: number): number[] {
    return expected(round).filter((other) => population.attackOf(other, round)?.group === group)
  }

  function shareOf(client: number, round: number): number {
    const all = expected(round).reduce((sum, other) => sum + needs.examplesOf(other), 0)
    return all === 0 ? 1 : needs.examplesOf(client) / all
  }

  async function updatesSeen({
    attack,
    group,
    round,
    job,
    own,
  }: Omit<Work, 'earlier'>): Promise<Float32Array[]> {
    if (attack.sees === 'own') return [own]
    const others =
      attack.sees === 'colluders'
        ? colluders(group, round)
        : expected(round).filter((other) => !population.attackOf(other, round))
    const { correction: _, seed: __, ...plain } = job
    const updates = await Promise.all(
      others.map(async (other) => lessReceived((await honest(other, plain)).weights, job.weights)),
    )
    return updates.length > 0 ? updates : [own]
  }
}

type Work = {
  attack: Attack
  group: number
  round: number
  job: TrainingJob & { round: number }
  own: Float32Array
  earlier: readonly Float32Array[]
}

/** Whether it is of the client's own model under Ditto, of which nothing is sent: trained by a correction where no strategy has one. */
const isBeside = ({ assignment: { personalization, strategy }, correction }: TrainingJob): boolean =>
  personalization?.kind === 'ditto' && !strategy && correction !== undefined

const lessReceived = (trained: Float32Array, received: Float32Array): Float32Array =>
  trained.map((value, at) => value - (received[at] ?? 0))

/** The latest first. */
const remember = (earlier: Float32Array[], latest: Float32Array, most: number): void => {
  if (most === 0) return
  earlier.unshift(latest)
  earlier.length = Math.min(earlier.length, most)
}
