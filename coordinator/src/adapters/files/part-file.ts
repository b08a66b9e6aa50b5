import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { Digest } from '@tributary/protocols'
import { unlessMissing } from './file-errors.ts'

/** A file on its way: it is called `<path>.part` until all of it is there and is what it should be. */
export type PartFile = AsyncDisposable & {
  partPath: string
  /** Bytes that are there. */
  length(): number
  append(piece: Uint8Array): Promise<void>
  /** Throws away what is there. */
  restart(): Promise<void>
  /** Gives it its name where its digest is this one; else throws away what is there. Resolves with which it was. */
  finish(digest: Digest): Promise<'right' | 'wrong'>
}

/** Goes on with what an earlier attempt left. */
export const openPartFile = async (path: string): Promise<PartFile> => {
  const partPath = `${path}.part`
  const file: FileHandle = await open(partPath, 'a', 0o600)
  let hash = createHash('sha256')
  let length: number
  try {
    length = await feed(hash, partPath)
  } catch (error) {
    await file.close()
    throw error
  }
  const restart = async (): Promise<void> => {
    await file.truncate(0)
    hash = createHash('sha256')
    length = 0
  }
  return {
    partPath,
    length: () => length,
    async append(piece) {
      await file.appendFile(piece)
      hash.update(piece)
      length += piece.length
    },
    restart,
    async finish(digest) {
      if (`sha256:${hash.copy().digest('hex')}` !== digest) {
        await restart()
        await rm(partPath)
        return 'wrong'
      }
      await file.sync()
      await rename(partPath, path)
      return 'right'
    },
    [Symbol.asyncDispose]: () => file.close(),
  }
}

/** The digest of what stands there; undefined where nothing does. */
export const digestOfFile = async (path: string): Promise<Digest | undefined> => {
  if ((await unlessMissing(stat(path))) === undefined) return undefined
  const hash = createHash('sha256')
  await feed(hash, path)
  return Digest.parse(`sha256:${hash.digest('hex')}`)
}

const feed = async (hash: Hash, path: string): Promise<number> => {
  let length = 0
  for await (const piece of createReadStream(path)) {
    hash.update(piece)
    length += piece.length
  }
  return length
}
