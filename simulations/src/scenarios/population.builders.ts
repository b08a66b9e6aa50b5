import { openSqliteStore, type Round } from '@tributary/coordinator'
import { decodeSafetensors } from '@tributary/protocols/tensors'
import { loadDataset } from '../datasets/index.ts'
import type { PoolTraining, TrainingPool } from '../training/pool.ts'
import { runSeed } from './run-seed.ts'
import { PLAN, smallScenario } from './scenario.builders.ts'
import { parseScenario, type ScenarioInput } from './scenario.ts'
import { populationOf, type Traces } from './scenario-population.ts'

export const CLIENTS = 12

/** Everybody takes part in every round, on a model of few weights. */
export const aScenario = (changes: Partial<ScenarioInput> = {}): ScenarioInput =>
  smallScenario({
    partition: { kind: 'iid', clients: CLIENTS },
    model: { kind: 'linear' },
    plan: { ...PLAN, epochs: 4 },
    cohort: { target: CLIENTS, quorum: 1, overSelection: 1, trainingSeconds: 120, selectionSeconds: 5 },
    baselines: { epochs: 0 },
    ...changes,
  })

export const dataset = await loadDataset(parseScenario(aScenario()).dataset)

export type QuickJob = PoolTraining & { delta: Float32Array }

/** Trains without learning, at once: what it gives follows from the job's rows, seed and epochs alone. */
export const quickPool = (): TrainingPool & { jobs: QuickJob[] } => {
  const jobs: QuickJob[] = []
  return {
    jobs,
    async train(job) {
      const result = {
        weights: job.weights.map((value, i) => value + 0.01 * Math.sin(job.seed + i) * job.plan.epochs),
        examples: job.rows.length,
        metrics: { loss: 1 },
        steps: job.plan.epochs * Math.ceil(job.rows.length / job.plan.batchSize),
        ...(job.correction && { corrected: true }),
      }
      jobs.push({ ...job, delta: result.weights.map((value, i) => value - (job.weights[i] ?? 0)) })
      return result
    },
    async judge({ rows, split }) {
      const count = rows?.length ?? dataset[split].count
      return { losses: new Float32Array(count), correct: new Uint8Array(count) }
    },
    async close() {},
  }
}

/** Runs it from seed 1, and watches what the coordinator saves. */
export const run = async <Pool extends TrainingPool>(
  changes: Partial<ScenarioInput>,
  { pool, traces = {} }: { pool: Pool; traces?: Traces },
) => {
  const scenario = parseScenario(aScenario(changes))
  const store = await openSqliteStore({ path: ':memory:' })
  const saved: Round[] = []
  /** By round id, who was invited. */
  const invited = new Map<string, Set<string>>()
  const result = await runSeed({
    scenario,
    dataset,
    pool,
    seed: 1,
    told() {},
    signal: new AbortController().signal,
    traces,
    store: {
      ...store,
      async commit(changes) {
        for (const change of changes) {
          if (change.kind === 'save-round') saved.push(change.round)
          if (change.kind === 'save-member' && change.member.status === 'invited')
            invited.set(
              change.member.round,
              (invited.get(change.member.round) ?? new Set()).add(change.member.client),
            )
        }
        return store.commit(changes)
      },
    },
  })
  const population = populationOf(scenario, CLIENTS, 1, traces)
  if (!population) throw new Error('the scenario names no population')
  return { ...result, scenario, population, saved, invited, weights: decodeSafetensors(result.model).values }
}

export const completed = ({ rounds }: Pick<Awaited<ReturnType<typeof run>>, 'rounds'>) =>
  rounds.flatMap((round) => (round.outcome === 'completed' ? [round] : []))

/** The number in a client's name. */
export const numberOf = (name: string): number => Number(name.slice(1))
