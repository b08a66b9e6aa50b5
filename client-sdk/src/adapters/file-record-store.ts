import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RecordStore } from '../ports/record-store.ts'
import { messageOf, TributaryError } from '../tributary-error.ts'
import { removeFile, replaceFile } from './durable-file.ts'
import { isCode } from './file-error.ts'

/** A folder with a file for each record, its owner's alone. */
export const fileRecordStore = (folder: string): RecordStore => {
  const pathOf = (name: string) => join(folder, `${checked(name)}${ENDING}`)
  return {
    async load(name) {
      const path = pathOf(name)
      try {
        const bytes = await readFile(path)
        return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
      } catch (cause) {
        if (isCode(cause, 'ENOENT')) return undefined
        throw failure(path, cause)
      }
    },
    async save(name, bytes) {
      const path = pathOf(name)
      await replaceFile(path, bytes).catch(refuse(path))
    },
    async erase(name) {
      const path = pathOf(name)
      await removeFile(path).catch(refuse(path))
    },
    async names() {
      try {
        const files = await readdir(folder)
        return files.filter((file) => file.endsWith(ENDING)).map((file) => file.slice(0, -ENDING.length))
      } catch (cause) {
        if (isCode(cause, 'ENOENT')) return []
        throw failure(folder, cause)
      }
    },
  }
}

const ENDING = '.record'

/** A name is a file's, and leads nowhere else. */
const checked = (name: string): string => {
  if (/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/.test(name)) return name
  throw new RangeError(`${JSON.stringify(name)} is not the name of a record`)
}

const refuse = (path: string) => (cause: unknown) => {
  throw failure(path, cause)
}

const failure = (path: string, cause: unknown) =>
  new TributaryError(
    {
      code: 'storage-failed',
      problem: `what this client keeps, ${path}, cannot be used: ${messageOf(cause)}`,
      remedy: 'Give a folder that it may write to',
    },
    { cause },
  )
