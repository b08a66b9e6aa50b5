import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Digest } from '@tributary/protocols'
import type { ModelCache } from '../ports/model-cache.ts'
import { isCode } from './file-error.ts'

/**
 * Keeps up to `maxBytes` in a folder of its own, a file a digest. When a file was used is its modification time.
 * Several processes may share the folder.
 */
export const fileModelCache = (folder: string, { maxBytes = 2 ** 28 } = {}): ModelCache => ({
  async get(digest) {
    const path = join(folder, fileOf(digest))
    try {
      const bytes = await readFile(path)
      const now = new Date()
      await utimes(path, now, now)
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    } catch (error) {
      if (isCode(error, 'ENOENT')) return undefined
      throw error
    }
  },
  async put(digest, bytes) {
    if (bytes.length > maxBytes) return
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const beside = join(folder, `${crypto.randomUUID()}${UNFINISHED}`)
    try {
      await writeFile(beside, bytes, { mode: 0o600 })
      await rename(beside, join(folder, fileOf(digest)))
    } finally {
      await rm(beside, { force: true })
    }
    await trim(folder, maxBytes)
  },
  async clear() {
    const isOurs = (name: string) => name.startsWith('sha256-') || name.endsWith(UNFINISHED)
    const files = await readdir(folder).catch((error) => {
      if (isCode(error, 'ENOENT')) return []
      throw error
    })
    await Promise.all(files.filter(isOurs).map((name) => rm(join(folder, name), { force: true })))
  },
})

const UNFINISHED = '.part'
/** What a process that was killed in the middle of writing has left. */
const ABANDONED_MS = 3_600_000

const fileOf = (digest: Digest): string => digest.replace(':', '-')

const trim = async (folder: string, maxBytes: number): Promise<void> => {
  const files = (await Promise.all((await readdir(folder)).map((name) => describe(folder, name)))).filter(
    (file) => file !== undefined,
  )
  const abandoned = files.filter(
    ({ name, usedAt }) => name.endsWith(UNFINISHED) && Date.now() - usedAt > ABANDONED_MS,
  )
  const models = files
    .filter(({ name }) => name.startsWith('sha256-'))
    .sort((a, b) => b.usedAt - a.usedAt || (a.name < b.name ? -1 : 1))
  let total = 0
  const surplus = models.filter(({ bytes }) => {
    total += bytes
    return total > maxBytes
  })
  await Promise.all([...abandoned, ...surplus].map(({ name }) => rm(join(folder, name), { force: true })))
}

const describe = async (folder: string, name: string) => {
  try {
    const { size, mtimeMs } = await stat(join(folder, name))
    return { name, bytes: size, usedAt: mtimeMs }
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
}
