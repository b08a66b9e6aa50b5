import { expect, test, vi } from 'vitest'
import { aTask } from '../adapters/contracts/arrange.ts'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import { StorageError } from '../faults/storage.ts'
import type { Task } from '../ports/records.ts'
import { withSharedReads } from './shared-reads.ts'

const task = aTask()

/** A store whose reads of tasks are answered when the test says so. */
const aStore = async () => {
  const store = await openSqliteStore({ path: ':memory:' })
  await store.commit([{ kind: 'insert-task', task }])
  const asked: { answer(): void; fail(): void }[] = []
  const get: typeof store.tasks.get = async (id) => {
    const seen = await store.tasks.get(id)
    return new Promise<Task | undefined>((resolve, reject) => {
      asked.push({
        answer: () => resolve(seen),
        fail: () => reject(new StorageError('no route to the database')),
      })
    })
  }
  const reads = (count: number) => vi.waitFor(() => expect(asked).toHaveLength(count))
  return { asked, reads, store: withSharedReads({ ...store, tasks: { ...store.tasks, get } }) }
}

test('all who ask while a read is under way share the next one, which sees what was saved before they asked', async () => {
  const { asked, reads, store } = await aStore()
  const first = store.tasks.get(task.id)
  const paused: Task = { ...task, status: 'paused' }
  await reads(1)
  await store.commit([{ kind: 'save-task', task: paused }])
  const others = Array.from({ length: 50 }, () => store.tasks.get(task.id))
  asked[0]?.answer()
  expect((await first)?.status).toBe('active')
  await reads(2)
  asked[1]?.answer()
  expect(await Promise.all(others)).toEqual(others.map(() => paused))
  expect(asked).toHaveLength(2)
})

test('a read that fails fails those who shared it, and nobody after them', async () => {
  const { asked, reads, store } = await aStore()
  const first = store.tasks.get(task.id)
  const second = store.tasks.get(task.id)
  await reads(1)
  asked[0]?.fail()
  await expect(first).rejects.toThrow('no route')
  await reads(2)
  asked[1]?.answer()
  expect(await second).toEqual(task)
})
