import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { TaskId } from '@tributary/protocols'
import type { ParticipationStore } from '../ports/participation-store.ts'
import { messageOf, TributaryError } from '../tributary-error.ts'
import { isCode } from './file-error.ts'

/** A folder with a file for each task. Each is written beside, synced and renamed into place, so that no half of one is ever seen. */
export const fileParticipationStore = (folder: string): ParticipationStore => {
  const pathOf = (task: TaskId) => join(folder, `${task}.json`)
  return {
    async load(task) {
      const path = pathOf(task)
      try {
        return JSON.parse(await readFile(path, 'utf8'))
      } catch (cause) {
        if (isCode(cause, 'ENOENT')) return undefined
        throw failure(path, cause)
      }
    },
    async save(task, record) {
      const path = pathOf(task)
      const mine = `${path}.${crypto.randomUUID()}.new`
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await writeDurably(mine, JSON.stringify(record))
        await rename(mine, path)
        await syncFolder(dirname(path))
      } catch (cause) {
        throw failure(path, cause)
      }
    },
  }
}

const writeDurably = async (path: string, text: string) => {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Where a folder can be synced at all: on Windows it cannot be opened. */
const syncFolder = async (path: string) => {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

const failure = (path: string, cause: unknown) =>
  new TributaryError(
    {
      code: 'storage-failed',
      problem: `the record of taking part, ${path}, cannot be used: ${messageOf(cause)}`,
      remedy:
        'Without it this client takes part in no task with differential privacy: give a folder that it may write to',
    },
    { cause },
  )
