import { virtualClock } from '@tributary/protocols/runtime'
import { describe, expect, test } from 'vitest'
import { aTask } from '../adapters/contracts/arrange.ts'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import { LeaseLostError, StorageError } from '../faults/storage.ts'
import type { Store } from '../ports/store.ts'
import { LEASE_MS, leasedDriving } from './driving.ts'

const task = aTask().id

describe('the driver of a task', () => {
  test('is one process, and the others wait', async () => {
    const { add, pass } = await aWorld()
    const [first, second] = [await add('first'), await add('second')]
    await pass(30_000)
    expect([first.log, second.log]).toEqual([['gained'], []])
    expect(first.driving.fence(task)).toEqual([{ kind: 'require-lease', task, token: 1 }])
    expect(second.driving.fence(task)).toBeUndefined()
  })

  test('that ends in good order is followed within a second or so', async () => {
    const { add, pass } = await aWorld()
    const [first, second] = [await add('first'), await add('second')]
    await first.driving.stop()
    await pass(1_500)
    expect([first.log, second.log]).toEqual([['gained', 'lost'], ['gained']])
    expect(second.driving.fence(task)).toEqual([{ kind: 'require-lease', task, token: 2 }])
  })

  test('that is cut off from the tables knows that it drives nothing before another takes over', async () => {
    const { add, pass, clock } = await aWorld()
    const [first, second] = [await add('first'), await add('second')]
    first.cutOff()
    for (let ms = 0; ms < LEASE_MS + 3_000; ms += 100) {
      await pass(100)
      expect([first, second].filter(({ driving }) => driving.fence(task)).length).toBeLessThan(2)
    }
    expect(second.driving.fence(task)).toBeDefined()
    expect(first.log).toEqual(['gained', 'lost'])
    expect(first.faults).toBeGreaterThan(0)
    expect(clock.now()).toBeLessThan(100_000)
  })

  test('ends all the same where its leases cannot be let go of', async () => {
    const { add, pass } = await aWorld()
    const [first, second] = [await add('first'), await add('second')]
    first.cutOff()
    await first.driving.stop()
    await pass(LEASE_MS + 1_500)
    expect([first.log, second.log]).toEqual([['gained', 'lost'], ['gained']])
  })

  test('that heard a save refused lets go, and takes the task up again where it still may', async () => {
    const { add, pass } = await aWorld()
    const first = await add('first')
    first.driving.lost(task)
    expect(first.driving.fence(task)).toBeUndefined()
    await pass(1_500)
    expect(first.log).toEqual(['gained', 'lost', 'gained'])
  })

  test('that starts again under its name drives at once, and what it left under way is refused', async () => {
    const { add, store } = await aWorld()
    const [before, second] = [await add('first'), await add('second')]
    before.cutOff()
    const again = await add('first')
    expect([again.log, second.log]).toEqual([['gained'], []])
    await expect(store.commit(before.driving.fence(task) ?? [])).rejects.toThrow(LeaseLostError)
    await store.commit(again.driving.fence(task) ?? [])
  })

  test('that could not look at what it took looks again a moment later, and now and then for what nobody told it', async () => {
    const { add, pass } = await aWorld()
    const first = await add('first', { blind: true })
    first.blind = false
    await pass(2_000)
    expect([first.log, first.faults]).toEqual([['gained', 'gained'], 1])
    await pass(61_000)
    expect(first.log.length).toBe(3)
  })

  test('does not lose what it took while it was prolonging the rest', async () => {
    const { add, pass, store } = await aWorld({ tasks: [] })
    const first = await add('first')
    const goOn = first.holdRenewals()
    await pass(1_500)
    await store.commit([{ kind: 'insert-task', task: aTask() }])
    await first.driving.consider(task)
    goOn()
    await pass(100)
    expect(first.log).toEqual(['gained'])
  })

  test('of a task that was just made is whoever made it', async () => {
    const { add, store } = await aWorld({ tasks: [] })
    const [first, second] = [await add('first'), await add('second')]
    await store.commit([{ kind: 'insert-task', task: aTask() }])
    await second.driving.consider(task)
    await first.driving.consider(task)
    expect([first.log, second.log]).toEqual([[], ['gained']])
  })
})

const aWorld = async ({ tasks = [aTask()] } = {}) => {
  const clock = virtualClock(10_000)
  const store = await openSqliteStore({ path: ':memory:', clock })
  await store.commit(tasks.map((made) => ({ kind: 'insert-task', task: made })))
  const quiet = () => new Promise<void>((resolve) => setImmediate(resolve))
  const pass = async (ms: number) => {
    for (const until = clock.now() + ms; clock.now() < until; ) {
      clock.advanceTo(Math.min(until, clock.now() + 100))
      for (let i = 0; i < 4; i++) await quiet()
    }
  }
  const add = async (holder: string, { blind = false } = {}) => {
    const log: string[] = []
    let answered = Promise.resolve()
    const state = { faults: 0, cut: false, blind }
    const reach = <T>(ask: () => Promise<T>): Promise<T> =>
      state.cut ? Promise.reject(new StorageError('no route to the database')) : ask()
    const leases: Store['leases'] = {
      get: (id) => reach(() => store.leases.get(id)),
      take: (request) => reach(() => store.leases.take(request)),
      async renew(request) {
        const renewed = await reach(() => store.leases.renew(request))
        await answered
        return renewed
      },
      release: (request) => reach(() => store.leases.release(request)),
    }
    const driving = leasedDriving({
      clock,
      store: { ...store, leases },
      holder,
      async look() {
        log.push('gained')
        if (state.blind) throw new StorageError('no route to the database')
      },
      taken() {},
      lost: () => void log.push('lost'),
      fault() {
        state.faults++
      },
    })
    await driving.start()
    return Object.assign(state, {
      driving,
      log,
      cutOff() {
        state.cut = true
      },
      /** Answers to renewals are held up until what is returned is called. */
      holdRenewals() {
        const { promise, resolve } = Promise.withResolvers<void>()
        answered = promise
        return resolve
      },
    })
  }
  return { clock, store, pass, add }
}
