/** A world that drifts: what clients have changes with the rounds, and what is watched shows it. */
import { expect, test } from 'vitest'
import { loadDataset } from '../datasets/index.ts'
import { PLAN, runScenario } from './scenario.builders.ts'
import { parseScenario, type ScenarioInput } from './scenario.ts'

const scenario: ScenarioInput = {
  name: 'drift',
  dataset: { name: 'handwriting', writers: 16, seed: 3 },
  partition: { kind: 'natural', by: 'label' },
  phases: [
    { fromRound: 1, by: 'label', names: ['0', '1', '2'] },
    { fromRound: 3, by: 'label', names: ['7', '8', '9'] },
  ],
  watch: 'label',
  model: { kind: 'linear' },
  plan: { ...PLAN, epochs: 2, batchSize: 20 },
  cohort: { target: 3, quorum: 3, overSelection: 1 },
  rounds: 4,
}

const dataset = await loadDataset(parseScenario(scenario).dataset)

test('clients without a row in a phase are not drawn, and the groups that are watched follow what is trained on', async () => {
  const { rounds } = await runScenario(scenario, { dataset, threads: 1 })
  const completed = rounds.flatMap((round) => (round.outcome === 'completed' ? [round] : []))
  const early = ['c00000', 'c00001', 'c00002']
  const late = ['c00007', 'c00008', 'c00009']
  expect(completed.map(({ participants }) => participants)).toEqual([early, early, late, late])
  const right = (round: number, label: string) => completed[round - 1]?.groups?.[label] ?? Number.NaN
  expect(right(2, '1')).toBeGreaterThan(0.5)
  expect(right(2, '7')).toBe(0)
  expect(right(4, '7')).toBeGreaterThan(0.5)
})
