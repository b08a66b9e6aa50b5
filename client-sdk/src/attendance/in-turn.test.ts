import { virtualClock } from '@tributary/protocols/runtime'
import { expect, test } from 'vitest'
import type { Gate, Shut } from './gate.ts'
import { attendInTurn } from './in-turn.ts'

const conditions: Shut = { by: 'conditions', detail: 'not charging' }
const others: Shut = { by: 'another-tab', detail: 'another tab takes part' }

const aGate = (first: Shut | 'open' | 'silent') => {
  const watchers = new Set<(shut: Shut | undefined) => void>()
  const gate: Gate = {
    watch(told) {
      watchers.add(told)
      if (first !== 'silent') told(first === 'open' ? undefined : first)
      return () => watchers.delete(told)
    },
  }
  return {
    gate,
    watched: () => watchers.size,
    say(shut: Shut | undefined) {
      for (const told of watchers) told(shut)
    },
  }
}

const inTurn = (rest: ReturnType<typeof aGate>, turn: ReturnType<typeof aGate>) => {
  const said: unknown[] = []
  let settle = Promise.withResolvers<void>()
  settle.resolve()
  const attendance = attendInTurn({
    gates: [rest.gate],
    turn: turn.gate,
    clock: virtualClock(),
    enter: () => said.push('in'),
    keepOut: (by) => said.push(by),
    settled: () => settle.promise,
  })
  return {
    said,
    attendance,
    workGoesOn() {
      settle = Promise.withResolvers()
    },
    settle: async () => {
      settle.resolve()
      await settle.promise
      await Promise.resolve()
    },
  }
}

test('asks for its turn once nothing else stands against it, and enters when it comes', () => {
  const [rest, turn] = [aGate({ ...conditions, by: 'consent' }), aGate('silent')]
  const { said } = inTurn(rest, turn)
  expect([turn.watched(), said]).toEqual([0, [[{ ...conditions, by: 'consent' }]]])
  rest.say(undefined)
  expect(turn.watched()).toBe(1)
  turn.say(others)
  turn.say(undefined)
  expect(said.slice(1)).toEqual([[others], 'in'])
})

test('gives its turn back when something else shuts, once what it was at has settled', async () => {
  const [rest, turn] = [aGate('open'), aGate('open')]
  const tab = inTurn(rest, turn)
  tab.workGoesOn()
  rest.say({ ...conditions, by: 'consent' })
  expect([turn.watched(), tab.said]).toEqual([1, ['in', [{ ...conditions, by: 'consent' }]]])
  turn.say(others)
  expect(tab.said).toHaveLength(2)
  await tab.settle()
  expect(turn.watched()).toBe(0)
})

test('the same when it ends, and hears no more of it', async () => {
  const [rest, turn] = [aGate('open'), aGate(others)]
  const tab = inTurn(rest, turn)
  tab.attendance.end()
  turn.say(undefined)
  await tab.settle()
  expect([rest.watched(), turn.watched(), tab.said]).toEqual([0, 0, [[others]]])
})
