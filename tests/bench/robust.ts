/**
 * Robust rules against attacks: what accuracy a small model on MNIST ends at, in worlds of the production coordinator and real participants.
 * A cell that has been measured is kept in the system's temporary folder, and taken from there with --resume.
 */
import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  checkScenario,
  createTrainingPool,
  type Dataset,
  loadDataset,
  parseScenario,
  runSeed,
  type ScenarioInput,
  type TrainingPool,
} from '@tributary/simulations'
import type { BenchTable } from './bench-page.ts'

const CLIENTS = 20
const ROWS_EACH = 300
const ROUNDS = 12
/** Attackers of twenty. */
const COUNTS = [2, 4] as const

type Attack = NonNullable<NonNullable<ScenarioInput['population']>['attackers']>[number]['attack']
const ATTACKS: readonly { name: string; attack: Attack }[] = [
  { name: 'sign flip ×5', attack: { kind: 'sign-flip', scale: 5 } },
  { name: 'noise, σ = 200', attack: { kind: 'gaussian' } },
  { name: 'label flip', attack: { kind: 'label-flip' } },
  { name: 'little is enough', attack: { kind: 'little-is-enough' } },
  { name: 'inner product, ε = 10', attack: { kind: 'inner-product', epsilon: 10 } },
  { name: 'min-max', attack: { kind: 'min-max' } },
  { name: 'backdoor, replacing the model', attack: { kind: 'backdoor', target: 7, boost: 'full' } },
]

type Strategy = NonNullable<ScenarioInput['strategy']>
/** By the number of attackers that the rule is told of. */
const STRATEGIES: readonly ((byzantine: number) => Strategy)[] = [
  () => ({ name: 'fedavg' }),
  () => ({ name: 'median' }),
  (byzantine) => ({ name: 'trimmed-mean', byzantine }),
  (byzantine) => ({ name: 'krum', byzantine }),
  (byzantine) => ({ name: 'multi-krum', byzantine }),
  (byzantine) => ({ name: 'bulyan', byzantine }),
  () => ({ name: 'geometric-median', iterations: 10 }),
  () => ({ name: 'norm-bounding' }),
  () => ({ name: 'centered-clipping', radius: 1, iterations: 3 }),
  () => ({ name: 'fltrust', root: 0 }),
]

/** Percent. */
type Cell = { accuracy: number; attackSuccess: number | undefined }

export const benchRobust = async ({
  minutes = Number.POSITIVE_INFINITY,
  resume = false,
}: {
  minutes?: number
  resume?: boolean
}): Promise<BenchTable> => {
  const dataset = await loadDataset({ name: 'mnist' })
  const pool = createTrainingPool({ dataset })
  const until = performance.now() + 60_000 * minutes
  try {
    const rows: string[][] = []
    for (const strategyOf of STRATEGIES) {
      const cellOf = (attackers: number, attack: Attack, isActive = true) => {
        if (performance.now() > until) return undefined
        const strategy = strategyOf(Math.max(2, attackers))
        return measured(scenarioOf({ strategy, attackers, attack, isActive }), { dataset, pool, resume })
      }
      const none = await cellOf(0, BACKDOOR, false)
      const row = [strategyOf(2).name, text(none)]
      for (const { attack } of ATTACKS) {
        const cells: (Cell | undefined)[] = []
        for (const attackers of COUNTS) cells.push(await cellOf(attackers, attack))
        row.push(cells.map(text).join('; '))
      }
      console.log(row.join(' | '))
      rows.push(row)
    }
    return { columns: ['strategy', 'nobody', ...ATTACKS.map(({ name }) => name)], rows }
  } finally {
    await pool.close()
  }
}

const BACKDOOR: Attack = { kind: 'backdoor', target: 7, boost: 'full' }

const scenarioOf = ({
  strategy,
  attackers,
  attack,
  isActive,
}: {
  strategy: Strategy
  attackers: number
  attack: Attack
  isActive: boolean
}): ScenarioInput => ({
  name: 'robust',
  dataset: { name: 'mnist' },
  partition: { kind: 'inner-dirichlet', sizes: Array<number>(CLIENTS).fill(ROWS_EACH), alpha: 5 },
  population: {
    attackers: [
      {
        attack,
        // Client 0 is the one that FLTrust trusts. Where nobody attacks, one would, after the last round: so what the backdoor does by chance is measured.
        clients: Array.from({ length: Math.max(1, attackers) }, (_, i) => i + 1),
        rounds: { from: isActive ? 1 : ROUNDS + 1 },
      },
    ],
  },
  model: { kind: 'dense', hidden: [32] },
  plan: {
    epochs: 1,
    batchSize: 10,
    optimizer: { name: 'sgd', learningRate: 0.1 },
    loss: 'softmax-cross-entropy',
  },
  cohort: { target: CLIENTS, quorum: CLIENTS, overSelection: 1 },
  strategy,
  rounds: ROUNDS,
  evaluateEvery: ROUNDS,
})

const measured = async (
  input: ScenarioInput,
  { dataset, pool, resume }: { dataset: Dataset; pool: TrainingPool; resume: boolean },
): Promise<Cell> => {
  const key = createHash('sha256').update(JSON.stringify(input)).digest('hex').slice(0, 32)
  const folder = join(tmpdir(), 'tributary-robust')
  const file = join(folder, `${key}.json`)
  const before = resume ? await readFile(file, 'utf8').catch(() => undefined) : undefined
  if (before !== undefined) return JSON.parse(before)
  const scenario = parseScenario(input)
  checkScenario(scenario, dataset)
  const { rounds, accuracy } = await runSeed({
    scenario,
    dataset,
    pool,
    seed: 1,
    told() {},
    signal: new AbortController().signal,
  })
  const last = rounds.findLast((round) => round.outcome === 'completed')
  const attackSuccess = last?.attackSuccess
  const cell: Cell = {
    accuracy: 100 * accuracy,
    attackSuccess: attackSuccess === undefined ? undefined : 100 * attackSuccess,
  }
  await mkdir(folder, { recursive: true })
  await writeFile(file, JSON.stringify(cell))
  return cell
}

const text = (cell: Cell | undefined): string => {
  if (!cell) return 'not measured'
  const { accuracy, attackSuccess } = cell
  return `${accuracy.toFixed(1)}${attackSuccess === undefined ? '' : ` (${attackSuccess.toFixed(1)})`}`
}
