import { describe, expect, test } from 'vitest'
import {
  ClientId,
  Digest,
  Instant,
  ModelVersion,
  numberOfRound,
  RoundId,
  roundId,
  TaskId,
  taskOfRound,
} from './ids.ts'
import { unreachable } from './unreachable.ts'

const hex = (length: number) => 'a'.repeat(length)

describe('[V4] an identifier has one form', () => {
  test.each([
    ['a task', TaskId, ['digits', '0', 'keyboard-en', 'a'.repeat(63)]],
    ['a round', RoundId, ['digits.1', 'digits.9999999999', '0.12']],
    ['a client', ClientId, [`c-${hex(32)}`]],
    ['a digest', Digest, [`sha256:${hex(64)}`]],
  ])('%s is taken as it should be', (_, schema, texts) => {
    for (const text of texts) expect(schema.parse(text)).toBe(text)
  })

  test.each([
    ['a task', TaskId, ['', '-a', 'Digits', 'a.b', 'a_b', 'a'.repeat(64), 'a\n', ' a', 'ä']],
    [
      'a round',
      RoundId,
      ['digits', 'digits.', 'digits.0', 'digits.01', 'digits.1.2', '.1', 'digits.10000000000'],
    ],
    ['a client', ClientId, [hex(32), `c-${hex(31)}`, `c-${hex(33)}`, `c-${hex(31)}A`, `C-${hex(32)}`]],
    ['a digest', Digest, [hex(64), `sha256:${hex(63)}`, `sha256:${hex(63)}G`, `SHA256:${hex(64)}`]],
  ])('%s in any other form is refused', (_, schema, texts) => {
    for (const text of texts) expect(schema.safeParse(text).success, text).toBe(false)
  })

  test('a model version is a whole number of 31 bits from 1, an instant a time that a Date can hold', () => {
    expect([1, 2_147_483_647].map((version) => ModelVersion.safeParse(version).success)).toEqual([true, true])
    expect([0, 1.5, 2_147_483_648, '1'].some((version) => ModelVersion.safeParse(version).success)).toBe(
      false,
    )
    expect([0, 0.5, 8.64e15].every((at) => Instant.safeParse(at).success)).toBe(true)
    expect([-1, 8.64e15 + 1, Number.NaN].some((at) => Instant.safeParse(at).success)).toBe(false)
  })
})

test('[V4] a round’s id holds its task and its number', () => {
  const round = roundId(TaskId.parse('keyboard-en'), 12)
  expect(round).toBe('keyboard-en.12')
  expect([taskOfRound(round), numberOfRound(round)]).toEqual(['keyboard-en', 12])
  expect(() => roundId(TaskId.parse('a'), 0)).toThrow()
})

test('a case that no switch foresaw is told with its value', () => {
  expect(() => unreachable({ type: 'future' } as never)).toThrow('unreachable: {"type":"future"}')
})
