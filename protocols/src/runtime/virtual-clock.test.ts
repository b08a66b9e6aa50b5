import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { virtualClock } from './virtual-clock.ts'

describe('a virtual clock', () => {
  test('stands still until it is moved', () => {
    const clock = virtualClock(1_000)
    clock.wakeAt(1_500, () => {})
    expect(clock.now()).toBe(1_000)
    clock.advanceTo(1_200)
    expect(clock.now()).toBe(1_200)
    clock.advanceTo(1_100)
    expect(clock.now()).toBe(1_200)
  })

  test('wakes timers by time, and those of one instant in the order they were armed', () => {
    const clock = virtualClock()
    const woken: string[] = []
    for (const [name, at] of [
      ['b1', 20],
      ['a1', 10],
      ['b2', 20],
      ['a2', 10],
      ['b3', 20],
    ] as const)
      clock.wakeAt(at, () => woken.push(name))
    while (clock.step());
    expect(woken).toEqual(['a1', 'a2', 'b1', 'b2', 'b3'])
    expect(clock.now()).toBe(20)
  })

  test('a time that has passed is the present: such timers wake in the order they were armed', () => {
    const clock = virtualClock(100)
    const woken: string[] = []
    clock.wakeAt(100, () => woken.push('now'))
    clock.wakeAt(50, () => woken.push('long ago'))
    expect(clock.nextAt()).toBe(100)
    while (clock.step());
    expect(woken).toEqual(['now', 'long ago'])
    expect(clock.now()).toBe(100)
  })

  test('never wakes inside the call that arms, but in the same advance', () => {
    const clock = virtualClock()
    const woken: string[] = []
    clock.wakeAt(5, () => {
      clock.wakeAt(0, () => woken.push('inner'))
      woken.push('outer')
    })
    expect(woken).toEqual([])
    clock.advanceTo(5)
    expect(woken).toEqual(['outer', 'inner'])
  })

  test('a cancelled timer does not wake, is not pending, and may be cancelled again', () => {
    const clock = virtualClock()
    const woken: string[] = []
    const cancel = clock.wakeAt(10, () => woken.push('cancelled'))
    clock.wakeAt(20, () => woken.push('kept'))
    cancel()
    cancel()
    expect(clock.pending()).toBe(1)
    expect(clock.nextAt()).toBe(20)
    clock.advanceTo(30)
    cancel()
    expect(woken).toEqual(['kept'])
    expect(clock.pending()).toBe(0)
    expect(clock.nextAt()).toBeUndefined()
    expect(clock.step()).toBe(false)
  })

  test('cancelling a timer that has woken takes nothing from the count of the others', () => {
    const clock = virtualClock()
    const cancel = clock.wakeAt(1, () => {})
    clock.wakeAt(2, () => {})
    clock.step()
    cancel()
    expect(clock.pending()).toBe(1)
  })

  test('NaN is no time', () => {
    expect(() => virtualClock().wakeAt(Number.NaN, () => {})).toThrow(RangeError)
  })

  test('agrees with a sorted list, whatever is armed and cancelled', () => {
    const plan = fc.array(fc.record({ at: fc.integer({ min: 0, max: 20 }), cancelled: fc.boolean() }))
    fc.assert(
      fc.property(plan, (timers) => {
        const clock = virtualClock()
        const woken: number[] = []
        const cancels = timers.map(({ at }, i) => clock.wakeAt(at, () => woken.push(i)))
        timers.forEach(({ cancelled }, i) => {
          if (cancelled) cancels[i]?.()
        })
        const kept = timers.flatMap(({ at, cancelled }, i) => (cancelled ? [] : [{ at, i }]))
        expect(clock.pending()).toBe(kept.length)
        expect(clock.nextAt()).toBe(kept.length === 0 ? undefined : Math.min(...kept.map(({ at }) => at)))
        clock.advanceTo(100)
        expect(woken).toEqual(kept.sort((a, b) => a.at - b.at || a.i - b.i).map(({ i }) => i))
        expect(clock.pending()).toBe(0)
      }),
    )
  })
})
