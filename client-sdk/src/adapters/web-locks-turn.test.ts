/** Over the locks of Node, which are those of browsers. */
import { afterEach, expect, test } from 'vitest'
import type { Shut } from '../attendance/gate.ts'
import { webLocksTurn } from './web-locks-turn.ts'

let made = 0
const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** A tab that looks at the gate of this name, and what it is told. */
const aTab = (name: string) => {
  const gate = webLocksTurn(name, navigator.locks)
  const told: string[] = []
  let hear = () => {}
  const watch = () => {
    const stop = gate.watch((shut: Shut | undefined) => {
      told.push(shut?.by ?? 'open')
      hear()
    })
    ends.push(stop)
    return stop
  }
  const sees = async (...expected: string[]) => {
    while (told.length < expected.length)
      await new Promise<void>((next) => {
        hear = next
      })
    expect(told).toEqual(expected)
  }
  return { stop: watch(), watch, sees, told }
}

const aName = () => `a name ${made++}`

test('is open in one tab at a time, in the order of asking', async () => {
  const name = aName()
  const first = aTab(name)
  await first.sees('open')
  const second = aTab(name)
  await second.sees('another-tab')
  const third = aTab(name)
  await third.sees('another-tab')
  first.stop()
  await second.sees('another-tab', 'open')
  expect(third.told).toEqual(['another-tab'])
  second.stop()
  await third.sees('another-tab', 'open')
})

test('is open to several in one tab, until the last of them has left', async () => {
  const name = aName()
  const tab = aTab(name)
  await tab.sees('open')
  const second = tab.watch()
  await tab.sees('open', 'open')
  const other = aTab(name)
  await other.sees('another-tab')
  tab.stop()
  await navigator.locks.query()
  expect(other.told).toEqual(['another-tab'])
  second()
  await other.sees('another-tab', 'open')
})

test('who has left while it waited is not called', async () => {
  const name = aName()
  const [first, second] = [aTab(name), aTab(name)]
  await second.sees('another-tab')
  second.stop()
  first.stop()
  await navigator.locks.request(name, () => undefined)
  const third = aTab(name)
  await third.sees('open')
  expect(second.told).toEqual(['another-tab'])
})

test('a turn that another has stolen is asked for again', async () => {
  const name = aName()
  const tab = aTab(name)
  await tab.sees('open')
  const stolen = Promise.withResolvers<void>()
  void navigator.locks.request(name, { steal: true }, () => stolen.promise)
  await tab.sees('open', 'another-tab')
  stolen.resolve()
  await tab.sees('open', 'another-tab', 'open')
})

test('names do not meet, and a page that may have no locks takes part', async () => {
  const [one, two] = [aTab(aName()), aTab(aName())]
  await one.sees('open')
  await two.sees('open')
  const request = async () => {
    throw new DOMException('not here', 'SecurityError')
  }
  const told: unknown[] = []
  const open = Promise.withResolvers<void>()
  const without = webLocksTurn(aName(), { request, query: navigator.locks.query } as unknown as LockManager)
  ends.push(
    without.watch((shut) => {
      told.push(shut)
      open.resolve()
    }),
  )
  await open.promise
  expect(told).toEqual([undefined])
})
