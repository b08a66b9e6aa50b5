import { describe, expect, test } from 'vitest'
import type { Known } from '../ports/circumstances.ts'
import { TributaryError } from '../tributary-error.ts'
import { eitherOf } from './either-circumstances.ts'
import { createCircumstances } from './given-circumstances.ts'

test('what is set is known, what is left out stays, and what is undefined is not known any more', () => {
  const circumstances = createCircumstances({ charging: true })
  circumstances.set({ battery: 0.5 })
  expect(circumstances.known()).toEqual({ charging: true, battery: 0.5 })
  circumstances.set({ charging: undefined })
  expect(circumstances.known()).toEqual({ charging: undefined, battery: 0.5 })
})

test('those who watch hear of every change, until they do not want to', () => {
  const circumstances = createCircumstances()
  let heard = 0
  const hear = () => heard++
  const ends = [circumstances.watch(hear), circumstances.watch(hear)]
  circumstances.set({ charging: true })
  expect(heard).toBe(2)
  ends[0]?.()
  circumstances.set({ charging: false })
  expect(heard).toBe(3)
  for (const end of ends) end()
  circumstances.set({ charging: true })
  expect(heard).toBe(3)
})

describe('of two that tell', () => {
  test('the first comes first, and the second where the first does not know', () => {
    const app = createCircumstances({ charging: true, network: undefined })
    const platform = createCircumstances({ charging: false, network: 'metered', page: 'visible' })
    expect(eitherOf(app, platform).known()).toEqual({ charging: true, network: 'metered', page: 'visible' })
  })

  test('both are heard, and neither once it is over', () => {
    const [app, platform] = [createCircumstances(), createCircumstances()]
    let heard = 0
    const end = eitherOf(app, platform).watch(() => heard++)
    app.set({ charging: true })
    platform.set({ charging: false })
    end()
    app.set({ charging: false })
    platform.set({ charging: true })
    expect(heard).toBe(2)
  })
})

test.each<[unknown, string]>([
  [{ charging: 'yes' }, 'charging: give true or false'],
  [{ battery: 50, lastTouch: Number.NaN }, 'lastTouch: give milliseconds'],
  [{ wifi: true }, 'Tell of lastTouch, page'],
  [null, 'Tell of lastTouch, page'],
])('%j is no circumstance', (told, remedy) => {
  const circumstances = createCircumstances({ charging: true })
  const setting = () => circumstances.set(told as Known)
  expect(setting).toThrow(TributaryError)
  expect(setting).toThrow(remedy)
  expect(() => createCircumstances(told as Known)).toThrow(remedy)
  expect(circumstances.known()).toEqual({ charging: true })
})
