/** Over the channels and locks of Node, which are those of browsers. */
import { expect, test } from 'vitest'
import { tabSiblings } from './tab-siblings.ts'

let made = 0
const aName = () => `tabs ${made++}`

test('a word reaches all others and not the one who says it, until they listen no more', async () => {
  const name = aName()
  const [one, two, stranger] = [
    tabSiblings(name, undefined),
    tabSiblings(name, undefined),
    tabSiblings(aName(), undefined),
  ]
  const heard = { one: [] as unknown[], two: [] as unknown[], stranger: [] as unknown[] }
  const second = Promise.withResolvers<void>()
  const stops = [
    one.hear((word) => heard.one.push(word)),
    two.hear((word) => {
      heard.two.push(word)
      if (heard.two.length === 2) second.resolve()
    }),
    stranger.hear((word) => heard.stranger.push(word)),
  ]
  one.say({ type: 'consent' })
  one.say('anything')
  await second.promise
  expect(heard).toEqual({ one: [], two: [{ type: 'consent' }, 'anything'], stranger: [] })
  for (const stop of stops) stop()
})

test('work of one name takes turns, where there are locks', async () => {
  const name = aName()
  const [one, two] = [tabSiblings(name, navigator.locks), tabSiblings(name, navigator.locks)]
  const order: string[] = []
  const letGo = Promise.withResolvers<void>()
  const first = one.inTurn(async () => {
    order.push('first begins')
    await letGo.promise
    order.push('first ends')
  })
  const second = two.inTurn(async () => order.push('second'))
  await tabSiblings(name, undefined).inTurn(async () => order.push('without locks'))
  await navigator.locks.query()
  letGo.resolve()
  await Promise.all([first, second])
  expect(order.indexOf('second')).toBe(order.indexOf('first ends') + 1)
  expect(order).toContain('without locks')
})
