import type { Files, OpenFile } from '../files/files.ts'

/** One call to the file system: what it is about to do, and where. */
export type FileCall = { call: keyof Files | keyof OpenFile; path: string; bytes?: number }

/** What becomes of a call: nothing, an error of that code, or a write that takes only some of its bytes first. */
export type Mishap = undefined | string | { code: string; afterBytes: number }

/**
 * The real file system with mishaps: `happens` is asked before every call, and its answer is what the caller meets.
 * A torn write really leaves its first bytes behind.
 */
export const failingFiles = (files: Files, happens: (call: FileCall) => Mishap): Files => {
  const check = (call: FileCall) => {
    const mishap = happens(call)
    if (typeof mishap === 'string') throw systemError(mishap, call)
    return mishap
  }
  const failingFile = (file: OpenFile, path: string): OpenFile => ({
    async write(bytes, offset, length) {
      const torn = check({ call: 'write', path, bytes: length })
      if (torn === undefined) return file.write(bytes, offset, length)
      await file.write(bytes, offset, Math.min(length, torn.afterBytes))
      throw systemError(torn.code, { call: 'write', path })
    },
    async read(into, offset, length, position) {
      check({ call: 'read', path })
      return file.read(into, offset, length, position)
    },
    async stat() {
      check({ call: 'stat', path })
      return file.stat()
    },
    async sync() {
      check({ call: 'sync', path })
      return file.sync()
    },
    close: () => file.close(),
  })
  return {
    async open(path, flags, mode) {
      check({ call: 'open', path })
      return failingFile(await files.open(path, flags, mode), path)
    },
    async mkdir(path, options) {
      check({ call: 'mkdir', path })
      return files.mkdir(path, options)
    },
    async rename(from, to) {
      check({ call: 'rename', path: from })
      return files.rename(from, to)
    },
    async unlink(path) {
      check({ call: 'unlink', path })
      return files.unlink(path)
    },
    async readdir(path) {
      check({ call: 'readdir', path })
      return files.readdir(path)
    },
    async stat(path) {
      check({ call: 'stat', path })
      return files.stat(path)
    },
  }
}

const systemError = (code: string, { call, path }: FileCall) =>
  Object.assign(new Error(`${code}: ${call} '${path}'`), { code })
