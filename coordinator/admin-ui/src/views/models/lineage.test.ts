import type { ModelView } from '@tributary/protocols/rest'
import { expect, test } from 'vitest'
import { ancestorOf, railsOf } from './lineage.ts'
import { originInWords } from './origin-words.ts'

const aModel = (version: number, origin: object): ModelView =>
  ({ version, parent: version === 1 ? null : version - 1, origin }) as ModelView
const initial = aModel(1, { kind: 'initial', seed: 1 })
const trained = (version: number) =>
  aModel(version, { kind: 'round', round: `digits.${version}`, metrics: {} })
const rolledBack = (version: number, to: number) => aModel(version, { kind: 'rollback', to, reason: 'worse' })
const imported = (version: number) => aModel(version, { kind: 'imported', note: '' })

test('weights descend from the base of a round and from what was rolled back to; others come from outside', () => {
  expect([initial, trained(4), rolledBack(5, 2), imported(6)].map(ancestorOf)).toEqual([null, 3, 2, null])
})

test('a plain history is one column', () => {
  expect(railsOf([trained(3), trained(2), initial])).toEqual([
    { version: 3, column: 0, above: [], below: [{ from: 0, to: 0 }], width: 1 },
    { version: 2, column: 0, above: [{ from: 0, to: 0 }], below: [{ from: 0, to: 0 }], width: 1 },
    { version: 1, column: 0, above: [{ from: 0, to: 0 }], below: [], width: 1 },
  ])
})

test('a roll-back is a branch: what it left behind goes on beside it to where both part', () => {
  const rails = railsOf([trained(5), rolledBack(4, 1), trained(3), trained(2), initial])
  expect(rails.map(({ version, column }) => [version, column])).toEqual([
    [5, 0],
    [4, 0],
    [3, 1],
    [2, 1],
    [1, 0],
  ])
  expect(rails[4]?.above).toEqual([
    { from: 0, to: 0 },
    { from: 1, to: 0 },
  ])
  expect(rails[4]?.below).toEqual([])
})

test('imported weights begin a line of their own, in a column that has come free', () => {
  const rails = railsOf([trained(4), imported(3), trained(2), initial])
  expect(rails.map(({ column }) => column)).toEqual([0, 0, 0, 0])
  expect(rails[1]?.below).toEqual([])
  expect(rails[2]?.above).toEqual([])
})

test('versions that are not read yet are waited for', () => {
  expect(railsOf([trained(9), trained(8)]).at(-1)?.below).toEqual([{ from: 0, to: 0 }])
})

test('an origin reads as a sentence', () => {
  expect([initial, trained(4), rolledBack(5, 2), imported(6)].map(originInWords)).toEqual([
    'drawn from seed 1',
    'round 4',
    'rolled back to version 2: worse',
    'imported',
  ])
})
