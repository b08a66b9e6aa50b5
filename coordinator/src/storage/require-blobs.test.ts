import { rename, rm } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ADMIN, aHome, aTask, type Home } from '../cli/data-folder.builders.ts'

let home: Home
beforeEach(async () => {
  home = await aHome()
  const { coordinator, close } = await home.serve()
  for (const id of ['line', 'other']) await coordinator.services.tasks.create(aTask({ id }), ADMIN)
  await close()
})
afterEach(() => home[Symbol.asyncDispose]())

test('tables whose tasks have nothing among the blobs are not served: these are the blobs of another place', async () => {
  await rename(home.at('live/models'), home.at('elsewhere'))
  await expect(home.serve()).rejects.toThrow(
    /the tables have tasks, line for one, and nothing of them is among the blobs/,
  )

  await rm(home.at('live/models'), { recursive: true })
  await rename(home.at('elsewhere'), home.at('live/models'))
  await expect(home.serve()).resolves.toBeDefined()
})
