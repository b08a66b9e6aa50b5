import { expect, test } from 'vitest'
import type { Change } from '../../ports/store.ts'
import { aModel, anEntry, anInvited, aRoundId, aSelecting, aTask } from '../contracts/arrange.ts'
import { commitTurns } from './commit-turns.ts'

const member = (index: number, number = 1): Change => ({
  kind: 'save-member',
  member: anInvited(index, aRoundId('digits', number)),
})
const round: Change = { kind: 'save-round', round: aSelecting() }
const model: Change = { kind: 'insert-model', model: aModel() }
const task: Change = { kind: 'save-task', task: aTask('letters') }
const entry: Change = { kind: 'append-audit', entry: anEntry() }

/** Which commits have begun, each by its letter; `end` lets one come to its end. */
const commits = (issued: Readonly<Record<string, readonly Change[]>>) => {
  const turns = commitTurns()
  const begun: string[] = []
  const gates = new Map<string, PromiseWithResolvers<void>>()
  for (const [letter, changes] of Object.entries(issued)) {
    const gate = Promise.withResolvers<void>()
    gates.set(letter, gate)
    const turn = turns(changes, () => {
      begun.push(letter)
      return gate.promise
    })
    turn.catch(() => {})
  }
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  return {
    async begun() {
      await settle()
      return begun.join('')
    },
    async end(letter: string, how: 'resolve' | 'reject' = 'resolve') {
      gates.get(letter)?.[how]()
      await settle()
      return begun.join('')
    },
  }
}

test('commits that have nothing in common are under way together', async () => {
  const { begun } = commits({ a: [member(1)], b: [member(2)], c: [member(1, 2)], d: [task], e: [entry] })
  expect(await begun()).toBe('abcde')
})

test('commits of the same wait for each other in the order in which they were issued', async () => {
  const { begun, end } = commits({ a: [task], b: [task, entry], c: [task], d: [entry] })
  expect(await begun()).toBe('a')
  expect(await end('a')).toBe('ab')
  expect(await end('b')).toBe('abcd')
})

test('one that fails lets the next have its turn', async () => {
  const { end } = commits({ a: [task], b: [task] })
  expect(await end('a', 'reject')).toBe('ab')
})

test('a round waits for the members before it, and the members after it for the round', async () => {
  const { begun, end } = commits({
    a: [member(1)],
    b: [member(2)],
    c: [round],
    d: [member(1)],
    e: [member(3)],
  })
  expect(await begun()).toBe('ab')
  expect(await end('a')).toBe('ab')
  expect(await end('b')).toBe('abc')
  expect(await end('c')).toBe('abcde')
})

test('rounds and versions of one task are one line', async () => {
  const { begun, end } = commits({ a: [model], b: [round], c: [model] })
  expect(await begun()).toBe('a')
  expect(await end('a')).toBe('ab')
  expect(await end('b')).toBe('abc')
})
