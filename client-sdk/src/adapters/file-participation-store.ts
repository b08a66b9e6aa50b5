import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TaskId } from '@tributary/protocols'
import type { ParticipationStore } from '../ports/participation-store.ts'
import { messageOf, TributaryError } from '../tributary-error.ts'
import { removeFile, replaceFile } from './durable-file.ts'
import { isCode } from './file-error.ts'

/** A folder with a file for each task. Each is written beside, synced and renamed into place, so that no half of one is ever seen. */
export const fileParticipationStore = (folder: string): ParticipationStore => {
  const pathOf = (task: TaskId) => join(folder, `${task}${ENDING}`)
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
      try {
        await replaceFile(path, JSON.stringify(record))
      } catch (cause) {
        throw failure(path, cause)
      }
    },
    async clear() {
      try {
        const files = await readdir(folder)
        for (const file of files) if (file.includes(ENDING)) await removeFile(join(folder, file))
      } catch (cause) {
        if (!isCode(cause, 'ENOENT')) throw failure(folder, cause)
      }
    },
  }
}

const ENDING = '.json'

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
