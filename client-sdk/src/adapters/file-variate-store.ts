import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TaskId } from '@tributary/protocols'
import type { VariateStore } from '../ports/variate-store.ts'
import { messageOf, TributaryError } from '../tributary-error.ts'
import { removeFile, replaceFile } from './durable-file.ts'
import { isCode } from './file-error.ts'

/** A folder with a file for each task, its owner's alone. */
export const fileVariateStore = (folder: string): VariateStore => {
  const pathOf = (task: TaskId) => join(folder, `${task}.safetensors`)
  return {
    async load(task) {
      try {
        const bytes = await readFile(pathOf(task))
        return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
      } catch (cause) {
        if (isCode(cause, 'ENOENT')) return undefined
        throw failure(pathOf(task), cause)
      }
    },
    save: (task, bytes) => replaceFile(pathOf(task), bytes).catch(refuse(pathOf(task))),
    erase: (task) => removeFile(pathOf(task)).catch(refuse(pathOf(task))),
  }
}

const refuse = (path: string) => (cause: unknown) => {
  throw failure(path, cause)
}

const failure = (path: string, cause: unknown) =>
  new TributaryError(
    {
      code: 'storage-failed',
      problem: `what this client keeps of its own of the task, ${path}, cannot be used: ${messageOf(cause)}`,
      remedy: 'Give a folder that it may write to',
    },
    { cause },
  )
