import { describe, expect, test } from 'vitest'
import { ScenarioError } from '../scenarios/scenario-error.ts'
import { overridesOf } from './sweep.ts'

describe('a sweep', () => {
  test('is an override for each value', () => {
    expect(overridesOf('plan.batchSize=10, 50')).toEqual(['plan.batchSize=10', 'plan.batchSize=50'])
    expect(overridesOf('title=a=b')).toEqual(['title=a=b'])
  })

  test('goes over objects and lists whole', () => {
    expect(overridesOf('strategy={name: fedavg},{name: fedadam, tau: 0.01}')).toEqual([
      'strategy={name: fedavg}',
      'strategy={name: fedadam, tau: 0.01}',
    ])
    expect(overridesOf('model.hidden=[200, 200],[64]')).toEqual([
      'model.hidden=[200, 200]',
      'model.hidden=[64]',
    ])
    expect(overridesOf(`title="a, b",'c, {'`)).toEqual(['title="a, b"', `title='c, {'`])
  })

  test.each([
    ['rounds', /--sweep: rounds: write path=a,b,c/],
    ['=1,2', /write path=a,b,c/],
    ['rounds=', /is empty/],
    ['rounds=1,,2', /is empty/],
    ['strategy={name: fedavg', /must close/],
    ['strategy=name: fedavg}', /must close/],
    ['title="a', /must close/],
  ])('that says nothing sensible is refused: %s', (sweep, why) => {
    expect(() => overridesOf(sweep)).toThrow(ScenarioError)
    expect(() => overridesOf(sweep)).toThrow(why)
  })
})
