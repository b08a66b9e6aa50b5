import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { deviceClock, steadyClock, systemClock } from './clock.ts'

const DAY_MS = 86_400_000

describe('the platform’s clock', () => {
  beforeEach(() => vi.useFakeTimers({ now: 1_000 }))
  afterEach(() => vi.useRealTimers())

  test('wakes once, at the time and not before', () => {
    const wake = vi.fn()
    systemClock().wakeAt(1_500, wake)
    vi.advanceTimersByTime(499)
    expect(wake).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    vi.advanceTimersByTime(10_000)
    expect(wake).toHaveBeenCalledTimes(1)
  })

  test('wakes for a time that has passed at the next turn, not inside the call', () => {
    const wake = vi.fn()
    systemClock().wakeAt(0, wake)
    expect(wake).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(wake).toHaveBeenCalledTimes(1)
  })

  test('keeps a time further away than setTimeout can count', () => {
    const wake = vi.fn()
    systemClock().wakeAt(1_000 + 60 * DAY_MS, wake)
    vi.advanceTimersByTime(60 * DAY_MS - 1)
    expect(wake).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(wake).toHaveBeenCalledTimes(1)
  })

  test('a cancelled timer does not wake, also after it has been re-armed for a far time', () => {
    const wake = vi.fn()
    const clock = systemClock()
    const near = clock.wakeAt(1_500, wake)
    const far = clock.wakeAt(1_000 + 60 * DAY_MS, wake)
    near()
    vi.advanceTimersByTime(30 * DAY_MS)
    far()
    far()
    vi.advanceTimersByTime(60 * DAY_MS)
    expect(wake).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('that counts time alone wakes when it has passed, however the date is set', () => {
    const [steady, set] = [vi.fn(), vi.fn()]
    const clock = steadyClock()
    clock.wakeAt(clock.now() + 500, steady)
    systemClock().wakeAt(1_500, set)
    vi.setSystemTime(1_000 - DAY_MS)
    vi.advanceTimersByTime(499)
    expect(steady).not.toHaveBeenCalled()
    vi.advanceTimersByTime(2)
    expect([steady.mock.calls.length, set.mock.calls.length]).toEqual([1, 0])
  })

  test('of a device wakes when as much time has passed as was missing, where the date has been set back', () => {
    const wake = vi.fn()
    deviceClock().wakeAt(1_000 + 60 * DAY_MS, wake)
    vi.advanceTimersByTime(DAY_MS)
    vi.setSystemTime(1_000)
    vi.advanceTimersByTime(59 * DAY_MS + 999)
    expect(wake).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    vi.advanceTimersByTime(10 * DAY_MS)
    expect(wake).toHaveBeenCalledTimes(1)
  })

  test('of a device wakes at the date, where that has been set forward or the device has slept', () => {
    const wake = vi.fn()
    deviceClock().wakeAt(1_000 + 60 * DAY_MS, wake)
    vi.advanceTimersByTime(DAY_MS)
    vi.setSystemTime(1_000 + 61 * DAY_MS)
    vi.advanceTimersByTime(24 * DAY_MS) // a timer is looked at again when the longest that the platform has is over
    expect(wake).toHaveBeenCalledTimes(1)
  })

  test('NaN is no time', () => {
    expect(() => systemClock().wakeAt(Number.NaN, () => {})).toThrow(RangeError)
  })
})
