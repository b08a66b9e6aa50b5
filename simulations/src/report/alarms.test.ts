import { describe, expect, it } from 'vitest'
import { alarmsOf, deadClients, divergence, stagnation } from './alarms.ts'
import { aClient, aRound, aSeed } from './results.builders.ts'

const losing = (...losses: readonly (number | null)[]) => ({
  rounds: losses.map((loss, at) => aRound(at + 1, { loss })),
})
const scoring = (...accuracies: readonly number[]) => ({
  rounds: accuracies.map((accuracy, at) => aRound(at + 1, { accuracy })),
})

describe('a run diverges', () => {
  it('where its loss is not finite', () => {
    expect(divergence(losing(1, 0.8, null, 0.7))).toEqual(['the loss of round 3 is not finite'])
  })

  it('where its loss rises five evaluations in a row, by more than a tenth', () => {
    expect(divergence(losing(2, 1, 1.02, 1.04, 1.06, 1.08, 1.2, 0.9))).toEqual([
      'the loss rose 5 evaluations in a row, from 1.00 in round 2 to 1.20 in round 7',
    ])
  })

  it('where it ends above where it began, however it got there', () => {
    expect(divergence(losing(1, 3, 0.5, 4, 2))).toEqual([
      'the loss ended at 2.00 in round 5, above the 1.00 of round 1',
    ])
  })

  it.each([
    ['four rises', losing(2, 1, 1.1, 1.2, 1.3, 1.4, 1)],
    ['small rises', losing(2, 1, 1.01, 1.02, 1.03, 1.04, 1.05, 1.06)],
    ['ups and downs', losing(2, 1, 1.5, 1, 1.5, 1, 1.5, 1)],
    ['no evaluation', { rounds: [aRound(1), aRound(2)] }],
  ])('but not for %s', (_, run) => {
    expect(divergence(run)).toEqual([])
  })

  it('by the rounds that were evaluated: what lies between does not interrupt a rise', () => {
    const rounds = [1, 2, 3, 4, 5, 6].flatMap((at) => [aRound(2 * at, { loss: at }), aRound(2 * at + 1)])
    expect(divergence({ rounds })[0]).toBe(
      'the loss rose 5 evaluations in a row, from 1.00 in round 2 to 6.00 in round 12',
    )
  })
})

describe('a run makes no progress', () => {
  it('where no evaluation of the last third is better than the best before', () => {
    expect(stagnation(scoring(0.1, 0.5, 0.8, 0.7, 0.8, 0.75))).toEqual([
      'the best accuracy, 80.00\u00A0%, is of round 3; the last 2 evaluations, from round 5, come to 80.00\u00A0% at most',
    ])
  })

  it('and where it had reached its target, that is told', () => {
    expect(stagnation(scoring(0.1, 0.5, 0.8, 0.7, 0.8, 0.75), 0.8)[0]).toMatch(
      /; the target was reached before$/,
    )
    expect(stagnation(scoring(0.1, 0.5, 0.8, 0.7, 0.8, 0.75), 0.81)[0]).not.toContain('target')
  })

  it('but not where the last third is better by anything, nor where evaluations are few', () => {
    expect(stagnation(scoring(0.1, 0.5, 0.8, 0.7, 0.7, 0.801))).toEqual([])
    expect(stagnation(scoring(0.9, 0.8, 0.7, 0.6, 0.5))).toEqual([])
  })
})

describe('clients are dead', () => {
  it('that were asked and took part in nothing', () => {
    const clients = [
      aClient('a', { asked: 4 }),
      aClient('b', { rounds: 0, asked: 3 }),
      aClient('c', { rounds: 0, asked: 0 }),
    ]
    expect(deadClients({ rounds: [aRound(1)], clients })).toEqual([
      '1 of 3 clients took part in no round though they were asked 3 times: b',
    ])
  })

  const fleet = Array.from({ length: 20 }, (_, at) => aClient(`c${at}`, { rounds: at === 19 ? 0 : 5 }))

  it('that took part in nothing, where even selection would have left nobody out', () => {
    const rounds = Array.from({ length: 20 }, (_, at) => aRound(at + 1, { cohort: 5 }))
    expect(deadClients({ rounds, clients: fleet })).toEqual([
      '1 of 20 clients took part in no round, where even selection would leave out 0.06: c19',
    ])
  })

  it('but not where selection may well have passed them over', () => {
    expect(deadClients({ rounds: [aRound(1, { cohort: 5 })], clients: fleet })).toEqual([])
  })

  it('nor where they are devices of a population, which come and go', () => {
    const rounds = Array.from({ length: 20 }, (_, at) => aRound(at + 1, { cohort: 5 }))
    const phones = fleet.map((client) => ({ ...client, device: 'phone' }))
    expect(deadClients({ rounds, clients: phones })).toEqual([])
  })

  it('and many of them are counted rather than named', () => {
    const clients = Array.from({ length: 12 }, (_, at) => aClient(`c${at}`, { rounds: 0, asked: 1 }))
    expect(deadClients({ rounds: [], clients })[0]).toMatch(/c8, c9 and 2 more$/)
  })
})

it('alarms of a seed say their kind and the seed', () => {
  expect(alarmsOf(aSeed({ seed: 7, ...losing(null) }))).toEqual([
    { kind: 'diverging', seed: 7, evidence: 'the loss of round 1 is not finite' },
  ])
})
