import { describe, expect, test } from 'vitest'
import type { Dataset } from '../datasets/index.ts'
import { checkScenario } from './check-scenario.ts'
import { aScenario, dataset } from './population.builders.ts'
import { parseScenario, type ScenarioInput } from './scenario.ts'
import { ScenarioError } from './scenario-error.ts'

const mistakesOf = (work: () => unknown) => {
  try {
    work()
  } catch (error) {
    if (error instanceof ScenarioError) return error.mistakes
    throw error
  }
  return []
}
const checked = (changes: Partial<ScenarioInput>, of: Dataset = dataset, traces = {}) =>
  mistakesOf(() => checkScenario(parseScenario(aScenario(changes)), of, traces))
const paths = (mistakes: readonly { path: string }[]) => mistakes.map(({ path }) => path).sort()

const backdoor = { kind: 'backdoor', target: 7 } as const
const flip = { kind: 'sign-flip' } as const

describe('what is wrong with a scenario for its data', () => {
  test('is nothing, where all goes together', () => {
    const attackers = [{ attack: backdoor, share: 0.2 }]
    expect(checked({ population: { attackers } })).toEqual([])
  })

  test('is told at once, with path and remedy, whatever part it is of', () => {
    const mistakes = checked({
      population: {
        availability: { kind: 'trace', file: 'none.json' },
        attackers: [
          { attack: { kind: 'label-flip', pairs: [{ from: 3, to: 12 }] }, share: 0.1 },
          { attack: { ...backdoor, target: 11 }, share: 0.1 },
          { attack: { ...backdoor, trigger: { kind: 'pixels', at: [[40, 2]] } }, clients: [0] },
          { attack: { kind: 'not-finite' }, clients: [5] },
        ],
      },
      strategy: { name: 'fltrust', root: 5 },
      privacy: { mode: 'secure-aggregation', audience: 'demo' },
      cohort: { target: 30, quorum: 20 },
    })
    expect(paths(mistakes)).toEqual([
      'cohort.quorum',
      'population.attackers[0].attack',
      'population.attackers[1].attack',
      'population.attackers[2].attack',
      'population.attackers[3].attack.kind',
      'population.attackers[3].clients',
      'population.availability.file',
      'strategy.name',
    ])
    for (const { message } of mistakes) expect(message.length).toBeGreaterThan(10)
  })

  test.each<[string, ScenarioInput['partition'], string, string]>([
    ['more clients than rows', { kind: 'iid', clients: 1_000_000 }, 'partition.clients', 'ask for'],
    [
      'labels that there are not',
      { kind: 'label-count', clients: 5, labelsPerClient: 11 },
      'partition.labelsPerClient',
      'ask for 10 at most',
    ],
    ['a column that there is not', { kind: 'natural', by: 'hospital' }, 'partition.by', 'choose one of'],
  ])('a partition that cannot be (%s) is found before anything is trained', (_, partition, path, remedy) => {
    const mistakes = checked({ partition })
    expect(paths(mistakes)).toEqual([path])
    expect(mistakes[0]?.message).toContain(remedy)
  })

  test('groups of attackers that name nobody, and more than there are, are found as well', () => {
    const attackers = [{ attack: flip, clients: [99] }]
    expect(paths(checked({ population: { attackers } }))).toEqual(['population.attackers[0].clients[0]'])
    const many = [
      { attack: flip, share: 0.7 },
      { attack: flip, share: 0.7 },
    ]
    expect(paths(checked({ population: { attackers: many } }))).toEqual(['population.attackers[1].share'])
  })

  test('attacks on labels and pictures are refused where rows have neither', () => {
    const numbers: Dataset = {
      ...dataset,
      task: { kind: 'regression', unit: 'bikes' },
      inputShape: [784],
    }
    const attackers = [{ attack: backdoor, share: 0.1 }]
    const population = { attackers }
    expect(checked({ population }, numbers)).toContainEqual({
      path: 'population.attackers[0].attack',
      message: `${dataset.name} has no classes to be changed: choose another attack`,
    })
    expect(checked({ population }, { ...dataset, inputShape: [784] })[0]?.message).toContain('is for images')
  })

  test('is told with what would do where a value is of another kind, or missing', () => {
    const { cohort, ...rest } = aScenario()
    const wrong = {
      ...rest,
      rounds: 'five',
      evaluateEvery: 1.5,
      seeds: 1,
      plan: 5,
      population: { classes: [{ name: 7, share: Number.NaN }] },
      holdOut: null,
    }
    const messages = mistakesOf(() => parseScenario(wrong)).map(({ path, message }) => `${path}: ${message}`)
    expect(messages.sort()).toEqual([
      'cohort: is missing: give an object (target, overSelection, quorum, selectionSeconds, trainingSeconds)',
      'evaluateEvery: 1.5 does not do: give a whole number',
      'holdOut: null does not do: give a number',
      'plan: 5 does not do: give an object (epochs, batchSize, optimizer, loss, proximal, clipNorm)',
      'population.classes[0].name: 7 does not do: give a text',
      'population.classes[0].share: NaN does not do: give a number',
      'rounds: "five" does not do: give a number',
      'seeds: 1 does not do: give a list',
    ])
    const [whole] = mistakesOf(() => parseScenario([]))
    expect(whole?.message).toMatch(/^\[\] does not do: give an object \(name, title, dataset/)
  })

  test('of its form is told all at once too, nested or not', () => {
    const wrong = {
      ...aScenario(),
      population: {
        classes: [{ name: 'phone', share: 0.5, speed: { kind: 'uniform', least: 2, most: 1 } }],
        dropout: { probability: 2 },
        attackers: [{ attack: { kind: 'telepathy' }, share: 0.1 }, { attack: flip }],
      },
      partition: { kind: 'dirichlet', clients: 5, alpha: 0 },
      costs: { slowest: 2 },
      strategy: { name: 'fltrust', root: -1 },
    }
    expect(paths(mistakesOf(() => parseScenario(wrong)))).toEqual([
      'partition.alpha',
      'population.attackers[0].attack.kind',
      'population.attackers[1]',
      'population.classes',
      'population.classes[0].speed.most',
      'population.dropout.probability',
      'strategy.root',
    ])
    const both = { ...aScenario({ population: {} }), costs: { slowest: 2 } }
    expect(paths(mistakesOf(() => parseScenario(both)))).toEqual(['costs.slowest'])
  })

  test('attackers that see more than their own are refused where layers are the clients’ own', () => {
    const layered = (kind: 'min-max' | 'sign-flip') =>
      checked({
        model: { kind: 'dense', hidden: [4] },
        population: { attackers: [{ attack: { kind }, share: 0.2 }] },
        personalization: { kind: 'local-layers', layers: ['last'] },
        holdOut: 0.2,
      })
    expect(paths(layered('min-max'))).toEqual(['population.attackers[0].attack.kind'])
    expect(layered('sign-flip')).toEqual([])
  })
})
