import { createHash } from 'node:crypto'
import { access, mkdir, open, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { unreachable } from '@tributary/protocols'
import { type KnownFile, MNIST_FILES, QMNIST_WRITER_FILES, verifyChecksum, waysOut } from './checksums.ts'
import { DatasetError } from './dataset-error.ts'
import { readTar } from './tar.ts'
import { gunzipWithin } from './unpack.ts'
import { readZipMember } from './zip.ts'

export const MNIST_WRITER_FILES: readonly KnownFile[] = [
  ...Object.values(MNIST_FILES),
  ...Object.values(QMNIST_WRITER_FILES),
]

export type DownloadProgress = {
  /** Of the file in the data folder. */
  readonly path: string
  readonly receivedBytes: number
  /** Where its home says how long it is. */
  readonly totalBytes: number | undefined
}

export type DownloadOptions = {
  readonly onProgress?: (progress: DownloadProgress) => void
  /** How often in a row a home may break off without a byte more than before; default 5. */
  readonly attempts?: number
}

/** Where what has come of a file waits for the rest of it, under the data folder. */
const PARTIAL = '.partial'
const MOST_BYTES = 256 * 1024 * 1024

/**
 * Fetches the known files that `into` lacks from their official homes, 13 MB for MNIST by writer. A file appears
 * under its name only whole and with its known SHA-256. A download that breaks off is taken up where it ended, in this
 * call or a later one, where its home serves ranges (RFC 9110, section 14). Returns the paths that were fetched.
 * @throws DatasetError when a home cannot be reached, refuses, breaks off too often, or serves other bytes.
 */
export const downloadKnownFiles = async (
  into: string,
  files: readonly KnownFile[] = MNIST_WRITER_FILES,
  options: DownloadOptions = {},
): Promise<string[]> => {
  const fetched: string[] = []
  for (const file of files) {
    const at = join(into, file.path)
    if (await exists(at)) continue
    if (file.served?.as === 'page')
      throw new DatasetError(`${file.home} does not serve ${file.path} as it is. ${waysOut(file)}`)
    const part = join(into, PARTIAL, createHash('sha256').update(file.home).digest('hex'))
    await mkdir(dirname(part), { recursive: true })
    const bytes = await fetchWhole(file, part, options)
    await mkdir(dirname(at), { recursive: true })
    await writeFile(`${at}.part`, bytes)
    await rename(`${at}.part`, at)
    await rm(part, { force: true })
    fetched.push(file.path)
  }
  await rmdir(join(into, PARTIAL)).catch(() => undefined)
  return fetched
}

/** The file itself, verified. What was taken up from an earlier call and is wrong is asked for once more from its start. */
const fetchWhole = async (file: KnownFile, part: string, options: DownloadOptions): Promise<Uint8Array> => {
  const resumed = (await lengthOf(part)) > 0
  await fetchPart(file, part, options)
  try {
    const bytes = unpackServed(await readFile(part), file)
    verifyChecksum(bytes, file, `What ${file.home} serves`)
    return bytes
  } catch (error) {
    await rm(part, { force: true })
    if (!resumed) throw error
    return fetchWhole(file, part, options)
  }
}

const unpackServed = (bytes: Uint8Array, file: KnownFile): Uint8Array => {
  const { served, home } = file
  const mostBytes = file.bytes ?? MOST_BYTES
  switch (served?.as) {
    case undefined:
    case 'page':
      return bytes
    case 'zip':
      return readZipMember(bytes, { name: home, member: served.member, mostBytes })
    case 'tar.gz': {
      const member = readTar(gunzipWithin(bytes, home, MOST_BYTES), home).get(served.member)
      if (!member) throw new DatasetError(`${home} has no ${served.member}. ${waysOut(file)}`)
      return member
    }
    default:
      return unreachable(served)
  }
}

/** Brings `part` to the length that its home has, asking again from where it broke off. */
const fetchPart = async (
  file: KnownFile,
  part: string,
  { onProgress, attempts = 5 }: DownloadOptions,
): Promise<void> => {
  let furthest = await lengthOf(part)
  for (let vain = 0; ; ) {
    const { body, from, total } = await ask(file, await lengthOf(part))
    const sink = await open(part, from > 0 ? 'a' : 'w')
    let received = from
    try {
      for await (const chunk of body) {
        received += chunk.length
        if (received > mostBytesOf(file))
          throw new DatasetError(`${file.home} serves more than ${mostBytesOf(file)} bytes. ${waysOut(file)}`)
        await sink.write(chunk)
        onProgress?.({ path: file.path, receivedBytes: received, totalBytes: total })
      }
      return
    } catch (cause) {
      if (cause instanceof DatasetError) {
        await rm(part, { force: true })
        throw cause
      }
      vain = received > furthest ? 0 : vain + 1
      furthest = Math.max(furthest, received)
      if (vain >= attempts)
        throw new DatasetError(
          `The download of ${file.home} broke off after ${furthest} bytes, ${attempts} times; the next one goes on from there. ${waysOut(file)}`,
          { cause },
        )
    } finally {
      await sink.close()
    }
  }
}

/** A home's answer: the bytes from `from` on. It starts anew where the home serves no ranges. */
const ask = async (file: KnownFile, have: number) => {
  const headers = { 'accept-encoding': 'identity', ...(have > 0 && { range: `bytes=${have}-` }) }
  const response = await fetch(file.home, { headers }).catch((cause: unknown) => {
    throw new DatasetError(`Cannot reach ${file.home}. ${waysOut(file)}`, { cause })
  })
  // Nothing lies behind what has come: it is whole, or of another file, which its checksum tells.
  if (have > 0 && response.status === 416) return { body: [], from: have, total: have }
  if (!response.ok || !response.body)
    throw new DatasetError(`${file.home} answered ${response.status}. ${waysOut(file)}`)
  const begins = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1]
  if (response.status === 206 && Number(begins) !== have)
    throw new DatasetError(`${file.home} was asked for byte ${have} on and sent others. ${waysOut(file)}`)
  const from = response.status === 206 ? have : 0
  const length = Number(response.headers.get('content-length') ?? Number.NaN)
  return { body: response.body, from, total: Number.isNaN(length) ? undefined : from + length }
}

const mostBytesOf = ({ served, bytes }: KnownFile): number => (served ? MOST_BYTES : (bytes ?? MOST_BYTES))

const lengthOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  )

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
