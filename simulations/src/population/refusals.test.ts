import { describe, expect, it } from 'vitest'
import { ScenarioError } from '../scenarios/scenario-error.ts'
import { drawPopulation, type PopulationOptions } from './population.ts'
import type { PopulationSpecInput } from './population-spec.ts'

const mistakesOf = (spec: PopulationSpecInput, options: PopulationOptions = {}, clients = 10) => {
  try {
    drawPopulation(spec, clients, 1, options)
  } catch (error) {
    if (error instanceof ScenarioError) return error.mistakes
    throw error
  }
  return []
}

const flip = { kind: 'sign-flip' } as const
const trace = { kind: 'trace', file: 'a.json' } as const
const traceOf = (devices: number[][], periodSeconds?: number): PopulationOptions => ({
  traces: { 'a.json': { devices, ...(periodSeconds === undefined ? {} : { periodSeconds }) } },
})

type Row = [string, PopulationSpecInput, path: string, remedy: string, PopulationOptions?]
const IMPOSSIBLE: Row[] = [
  [
    'shares that leave some out',
    { classes: [{ name: 'a', share: 0.9 }] },
    'classes',
    'make them add up to 1',
  ],
  [
    'a class of nobody',
    {
      classes: [
        { name: 'a', share: 0 },
        { name: 'b', share: 1 },
      ],
    },
    'classes[0].share',
    'leave out',
  ],
  [
    'two classes of one name',
    {
      classes: [
        { name: 'a', share: 0.5 },
        { name: 'a', share: 0.5 },
      ],
    },
    'classes[1].name',
    'its own name',
  ],
  ['no speed', { classes: [{ name: 'a', share: 1, speed: 0 }] }, 'classes[0].speed', 'must be above 0'],
  [
    'a range downwards',
    { classes: [{ name: 'a', share: 1, latencyMs: { kind: 'uniform', least: 2, most: 1 } }] },
    'classes[0].latencyMs.most',
    'must not be below least',
  ],
  [
    'more fates than chance has',
    { dropout: { probability: 0.6 }, crashes: { probability: 0.6 } },
    'dropout.probability',
    'lower one of them',
  ],
  [
    'a dropout at no step',
    { dropout: { probability: 0.1, steps: { beforeTraining: 0, duringTraining: 0, afterTraining: 0 } } },
    'dropout.steps',
    'give one step a weight',
  ],
  [
    'a peak all day',
    { availability: { kind: 'day-and-night', peakHours: { from: 0, to: 24 } } },
    'availability.peakHours.to',
    'another hour',
  ],
  [
    'edges longer than the peak',
    { availability: { kind: 'day-and-night', peakHours: { from: 1, to: 2 } } },
    'availability.edgeMinutes',
    'below 30',
  ],
  ['attackers without a number', { attackers: [{ attack: flip }] }, 'attackers[0]', 'either a share'],
  [
    'attackers by share and list',
    { attackers: [{ attack: flip, share: 0.1, clients: [1] }] },
    'attackers[0]',
    'either',
  ],
  [
    'an attacker who is nobody',
    { attackers: [{ attack: flip, clients: [10] }] },
    'attackers[0].clients[0]',
    '0 to 9',
  ],
  [
    'an attacker in two groups',
    {
      attackers: [
        { attack: flip, clients: [1] },
        { attack: flip, clients: [2, 1] },
      ],
    },
    'attackers[1].clients[1]',
    'one group',
  ],
  [
    'more attackers than clients',
    {
      attackers: [
        { attack: flip, share: 0.6 },
        { attack: flip, share: 0.6 },
      ],
    },
    'attackers[1].share',
    '4 are left',
  ],
  [
    'rounds that end before they begin',
    { attackers: [{ attack: flip, share: 0.1, rounds: { from: 3, to: 2 } }] },
    'attackers[0].rounds.to',
    'not be before',
  ],
  [
    'an option of an attack',
    { attackers: [{ attack: { kind: 'inner-product', epsilon: -1 }, share: 0.1 }] },
    'attackers[0].attack.epsilon',
    'must be above 0',
  ],
  ['a trace that was not read', { availability: trace }, 'availability.file', 'put the file there'],
  [
    'a trace of too few devices',
    { availability: { ...trace, assign: 'in-order' } },
    'availability.assign',
    "ask for 'drawn'",
    traceOf([[0, 1]]),
  ],
  [
    'a trace that ends amid an interval',
    { availability: trace },
    '["a.json"].devices[1]',
    'even',
    traceOf([[], [0]]),
  ],
  [
    'a trace that goes back',
    { availability: trace },
    '["a.json"].devices[0][2]',
    'sort',
    traceOf([[0, 5, 4, 6]]),
  ],
  [
    'a trace beyond its period',
    { availability: trace },
    '["a.json"].devices[0][1]',
    'lengthen',
    traceOf([[0, 5]], 4),
  ],
]

describe('a population that cannot be is refused with the path and the remedy', () => {
  it.each(IMPOSSIBLE)('%s', (_, spec, path, remedy, options) => {
    const mistakes = mistakesOf(spec, options)
    expect(mistakes.map((mistake) => mistake.path)).toEqual([path])
    expect(mistakes[0]?.message).toContain(remedy)
  })

  it('every name of a list that is wrong', () => {
    const groups = { attackers: [{ attack: flip, clients: [11, 1, 1] }] }
    expect(mistakesOf(groups).map(({ path }) => path)).toEqual([
      'attackers[0].clients[0]',
      'attackers[0].clients[2]',
    ])
  })

  it('no client', () => expect(mistakesOf({}, {}, 0)[0]?.message).toContain('1 to 1,000,000'))

  it('all mistakes at once', () => {
    const mistakes = mistakesOf({
      classes: [{ name: '', share: 1, speed: -1 }],
      dropout: { probability: 2 },
      attackers: [{ attack: { kind: 'huge', scale: 0 }, share: 0.1 }],
    })
    expect(mistakes.map(({ path }) => path)).toEqual([
      'classes[0].name',
      'classes[0].speed',
      'dropout.probability',
      'attackers[0].attack.scale',
    ])
  })
})
