import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DatasetError } from './dataset-error.ts'
import { downloadKnownFiles } from './download.ts'

const CONTENT = Buffer.from('the official bytes')
let folder: string
let home: Server
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-download-'))
  home = createServer((request, response) => {
    if (request.url === '/missing') response.writeHead(404).end()
    else if (request.url === '/broken')
      response.writeHead(200, { 'content-length': 1000 }).write('x', () => response.destroy())
    else response.end(CONTENT)
  })
  await new Promise<void>((resolve) => home.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  await new Promise((resolve) => home.close(resolve))
  await rm(folder, { recursive: true })
})

const aFile = (page: string, content: Uint8Array = CONTENT) => ({
  path: 'set/file.gz',
  sha256: createHash('sha256').update(content).digest('hex'),
  home: `http://127.0.0.1:${(home.address() as AddressInfo).port}${page}`,
})

describe('a known file that is missing', () => {
  it('is fetched from its home once', async () => {
    expect(await downloadKnownFiles(folder, [aFile('/file')])).toEqual(['set/file.gz'])
    expect(await readFile(join(folder, 'set/file.gz'))).toEqual(CONTENT)
    expect(await downloadKnownFiles(folder, [aFile('/missing')])).toEqual([])
  })

  it.each([
    ['is not what its home serves', '/file', Buffer.from('other bytes'), 'is not the official file'],
    ['is refused by its home', '/missing', CONTENT, 'answered 404'],
    ['breaks off', '/broken', CONTENT, 'broke off'],
  ])('and %s leaves nothing behind and names both ways out', async (_, page, content, reason) => {
    const error = await downloadKnownFiles(folder, [aFile(page, content)]).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(DatasetError)
    expect(String(error)).toContain(reason)
    expect(String(error)).toContain('set/file.gz')
    expect(String(error)).toContain("'handwriting'")
    expect(existsSync(join(folder, 'set')) ? await readdir(join(folder, 'set')) : []).toEqual([])
  })

  it('and whose home cannot be reached names both ways out and the cause', async () => {
    const file = { ...aFile('/file'), home: 'http://127.0.0.1:1/file' }
    const error = await downloadKnownFiles(folder, [file]).catch((thrown: unknown) => thrown)
    expect(String(error)).toContain('Cannot reach http://127.0.0.1:1/file')
    expect(error).toHaveProperty('cause')
  })
})
