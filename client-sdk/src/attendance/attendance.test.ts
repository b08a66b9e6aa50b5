import { virtualClock } from '@tributary/protocols/runtime'
import { describe, expect, test } from 'vitest'
import { attend, SETTLE_MS } from './attendance.ts'
import type { Gate, Shut } from './gate.ts'

const conditions: Shut = { by: 'conditions', detail: 'on battery' }
const consent: Shut = { by: 'consent', detail: 'declined' }
const app: Shut = { by: 'app', detail: 'it is the weekend' }

/** A gate that says what it is told to say. */
const aGate = (first?: Shut | 'open'): Gate & { say(shut: Shut | undefined): void; watched(): number } => {
  const listeners = new Set<(shut: Shut | undefined) => void>()
  return {
    watch(told) {
      listeners.add(told)
      if (first !== undefined) told(first === 'open' ? undefined : first)
      return () => void listeners.delete(told)
    },
    say(shut) {
      for (const told of listeners) told(shut)
    },
    watched: () => listeners.size,
  }
}

const attending = (...gates: Gate[]) => {
  const clock = virtualClock(0)
  const said: ('in' | readonly Shut[])[] = []
  const attendance = attend({
    gates,
    clock,
    enter: () => said.push('in'),
    keepOut: (by) => said.push(by),
  })
  const pass = (ms: number) => {
    const until = clock.now() + ms
    clock.wakeAt(until, () => {})
    while (clock.now() < until) clock.step()
  }
  return { clock, said, attendance, pass }
}

describe('attendance', () => {
  test('without gates is there at once', () => {
    expect(attending().said).toEqual(['in'])
  })

  test('waits for what every gate says first, and is kept out by the first that is shut', () => {
    const [a, b] = [aGate(), aGate('open')]
    const { said } = attending(a, b)
    expect(said).toEqual([])
    a.say(undefined)
    expect(said).toEqual(['in'])
    const [c, d] = [aGate(), aGate(consent)]
    expect(attending(c, d).said).toEqual([[consent]])
  })

  test.each([consent, app])('goes when $by says so, and comes again with it, at once', (shut) => {
    const gate = aGate('open')
    const { said } = attending(gate)
    gate.say(shut)
    gate.say(shut)
    gate.say(undefined)
    expect(said).toEqual(['in', [shut], 'in'])
  })

  test('conditions that fail and hold again within a moment cost nothing', () => {
    const gate = aGate('open')
    const { said, pass, clock } = attending(gate)
    for (let flap = 0; flap < 5; flap++) {
      gate.say(conditions)
      pass(SETTLE_MS / 2)
      gate.say(undefined)
      pass(SETTLE_MS)
    }
    expect(said).toEqual(['in'])
    expect(clock.pending()).toBe(0)
  })

  test('conditions that fail for longer count, and so do those that hold again', () => {
    const gate = aGate('open')
    const { said, pass } = attending(gate)
    gate.say(conditions)
    pass(SETTLE_MS - 1)
    expect(said).toEqual(['in'])
    pass(1)
    expect(said).toEqual(['in', [conditions]])
    gate.say(undefined)
    pass(SETTLE_MS - 1)
    expect(said).toHaveLength(2)
    pass(1)
    expect(said.at(-1)).toBe('in')
  })

  test('consent does not wait for what conditions wait for', () => {
    const [slow, fast] = [aGate('open'), aGate('open')]
    const { said, clock } = attending(slow, fast)
    slow.say(conditions)
    fast.say(consent)
    expect(said).toEqual(['in', [conditions, consent]])
    expect(clock.pending()).toBe(0)
  })

  test('says so when it is others that keep it out', () => {
    const [a, b] = [aGate(conditions), aGate(consent)]
    const { said } = attending(a, b)
    a.say(undefined)
    expect(said).toEqual([[conditions], [conditions, consent], [consent]])
  })

  test('once it has ended looks at no gate and sets no timer', () => {
    const gate = aGate('open')
    const { said, attendance, clock } = attending(gate)
    gate.say(conditions)
    attendance.end()
    expect([gate.watched(), clock.pending()]).toEqual([0, 0])
    gate.say(consent)
    expect(said).toEqual(['in'])
  })
})
