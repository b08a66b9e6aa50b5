import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aTar, aZip } from './archive-fixture.ts'
import type { KnownFile } from './checksums.ts'
import { DatasetError } from './dataset-error.ts'
import { type DownloadProgress, downloadKnownFiles } from './download.ts'

const CONTENT = Buffer.from('the official bytes, '.repeat(5_000))

let folder: string
let home: Server
/** What the home was asked for, and how it answers: answer i is cut after `cuts[i]` bytes. */
let asked: (string | undefined)[]
let serves: { content: Uint8Array; ranges: boolean; cuts: number[]; begins?: number }

/** Resolves once `bytes` of the download lie on disk: what waits in the client's socket is lost when the line is cut. */
const arrivedOnDisk = async (bytes: number) => {
  const waiting = join(folder, '.partial')
  for (let looked = 0; looked < 2_000; looked++) {
    for (const name of await readdir(waiting).catch(() => []))
      if ((await stat(join(waiting, name))).size >= bytes) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-resume-'))
  asked = []
  serves = { content: CONTENT, ranges: true, cuts: [] }
  home = createServer((request, response) => {
    const cut = serves.cuts[asked.length]
    asked.push(request.headers.range)
    const { content, ranges, begins } = serves
    const from = ranges ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0
    if (from >= content.length) return response.writeHead(416).end()
    const rest = content.subarray(from)
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': rest.length,
      ...(from > 0 && { 'content-range': `bytes ${begins ?? from}-${content.length - 1}/${content.length}` }),
    })
    if (cut === undefined) return response.end(rest)
    response.flushHeaders()
    response.write(rest.subarray(0, cut))
    return arrivedOnDisk(from + cut).then(() => response.destroy())
  })
  await new Promise<void>((resolve) => home.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  home.closeAllConnections()
  await new Promise((resolve) => home.close(resolve))
  await rm(folder, { recursive: true })
})

const aFile = (more: Partial<KnownFile> = {}, content: Uint8Array = CONTENT): KnownFile => ({
  path: 'set/file',
  sha256: createHash('sha256').update(content).digest('hex'),
  home: `http://127.0.0.1:${(home.address() as AddressInfo).port}/file`,
  ...more,
})
const download = (file: KnownFile, attempts?: number, onProgress?: (progress: DownloadProgress) => void) =>
  downloadKnownFiles(folder, [file], { ...(attempts && { attempts }), ...(onProgress && { onProgress }) })
const refusal = (file: KnownFile, attempts?: number) =>
  download(file, attempts).then(
    () => 'nothing was refused',
    (error: unknown) => (error instanceof DatasetError ? String(error) : `another error: ${error}`),
  )
const arrived = () => readFile(join(folder, 'set/file'))

describe('a download', () => {
  it('that breaks off goes on where it ended, and says how far it is', async () => {
    serves.cuts = [40_000, 40_000]
    const progress: DownloadProgress[] = []
    await download(aFile(), 1, (step) => progress.push(step))
    expect(await arrived()).toEqual(CONTENT)
    expect(asked).toEqual([undefined, 'bytes=40000-', 'bytes=80000-'])
    const received = progress.map(({ receivedBytes }) => receivedBytes)
    expect(received).toEqual(received.toSorted((a, b) => a - b))
    expect(progress.at(-1)).toEqual({ path: 'set/file', receivedBytes: 100_000, totalBytes: 100_000 })
    expect(await readdir(folder)).toEqual(['set'])
  })

  it('that was given up goes on in the next call', async () => {
    serves.cuts = [40_000, 0]
    expect(await refusal(aFile(), 1)).toContain('broke off after 40000 bytes')
    expect(existsSync(join(folder, 'set'))).toBe(false)
    await download(aFile())
    expect(await arrived()).toEqual(CONTENT)
    expect(asked).toEqual([undefined, 'bytes=40000-', 'bytes=40000-'])
  })

  it('starts anew where its home serves no ranges', async () => {
    serves = { ...serves, ranges: false, cuts: [40_000, 20_000] }
    expect(await refusal(aFile(), 1)).toContain('broke off after 40000 bytes')
    await download(aFile())
    expect(await arrived()).toEqual(CONTENT)
  })

  it('of which another version had come before starts anew', async () => {
    serves = { ...serves, content: Buffer.alloc(100_000, 'x'), cuts: [40_000, 0] }
    await refusal(aFile(), 1)
    serves = { ...serves, content: CONTENT }
    await download(aFile())
    expect(await arrived()).toEqual(CONTENT)
    expect(asked.at(-1)).toBeUndefined()
  })

  it('that had come whole but could not be put in its place is not asked for again', async () => {
    await writeFile(join(folder, 'set'), 'in the way')
    await expect(download(aFile())).rejects.toThrow()
    await rm(join(folder, 'set'))
    await download(aFile())
    expect(await arrived()).toEqual(CONTENT)
    expect(asked).toEqual([undefined, 'bytes=100000-'])
  })

  it('whose home sends another part than was asked for is refused', async () => {
    serves = { ...serves, cuts: [40_000], begins: 7 }
    expect(await refusal(aFile(), 3)).toContain('was asked for byte')
  })

  it('longer than the file can be is cut off', async () => {
    expect(await refusal(aFile({ bytes: 10_000 }))).toContain('serves more than 10000 bytes')
    expect(existsSync(join(folder, 'set'))).toBe(false)
  })
})

describe('a file that its home serves inside of an archive', () => {
  it.each([
    [
      'zip',
      () =>
        aZip({
          'readme.txt': { content: Buffer.from('no') },
          'hour.csv': { content: CONTENT, method: 'deflated' },
        }),
    ],
    ['tar.gz', () => gzipSync(aTar({ 'a/readme.txt': Buffer.from('no'), 'hour.csv': CONTENT }))],
  ] as const)('is taken out of it (%s)', async (as, archive) => {
    serves.content = archive()
    await download(aFile({ served: { as, member: 'hour.csv' } }))
    expect(await arrived()).toEqual(CONTENT)
    expect(await readdir(folder)).toEqual(['set'])
  })

  it.each([
    ['lacks it', () => gzipSync(aTar({ 'day.csv': CONTENT })), 'has no hour.csv'],
    [
      'has another under its name',
      () => gzipSync(aTar({ 'hour.csv': Buffer.from('x') })),
      'is not the official file',
    ],
    ['is no archive', () => CONTENT, 'cannot be decompressed'],
  ])('is refused when the archive %s', async (_, archive, reason) => {
    serves.content = archive()
    expect(await refusal(aFile({ served: { as: 'tar.gz', member: 'hour.csv' } }))).toContain(reason)
    expect(existsSync(join(folder, 'set'))).toBe(false)
  })

  it('is not looked for on a page for people', async () => {
    const refused = await refusal(aFile({ served: { as: 'page' }, instead: 'ask a friend' }))
    expect(refused).toContain('does not serve set/file as it is')
    expect(refused).toContain('or ask a friend.')
    expect(asked).toEqual([])
  })
})

describe('a file that is there', () => {
  it('is left alone, whatever it holds: reading it is what verifies it', async () => {
    await mkdir(join(folder, 'set'))
    await writeFile(join(folder, 'set/file'), 'mine')
    expect(await download(aFile())).toEqual([])
    expect(String(await arrived())).toBe('mine')
  })
})
