import { createHash } from 'node:crypto'
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aTask } from '../data-folder.builders.ts'
import { aLiveCoordinator, aStandIn, type Live, lineTo } from './remote-line.builders.ts'

let live: Live
beforeEach(async () => {
  live = await aLiveCoordinator()
  await live.makeTask(aTask({ length: 50_000 }))
})
afterEach(() => live[Symbol.asyncDispose]())

test('versions are listed, shown, brought, imported and rolled back', async () => {
  const file = live.home.at('w.safetensors')
  const brought = await live.run('models', 'download', 'line', '1', '-o', file)
  expect(brought).toMatchObject({ code: 0, err: '' })
  expect(brought.out).toContain('200 kB, sha256:')
  const imported = await live.json('models', 'import', 'line', file, '--note', 'from elsewhere')
  expect(imported).toMatchObject({ version: 2, origin: { kind: 'imported', note: 'from elsewhere' } })
  const rolledBack = await live.run('models', 'rollback', 'line', '1', '--reason', 'better')
  expect(rolledBack).toEqual({ code: 0, out: 'Version 3 of line equals version 1.\n', err: '' })
  expect((await live.run('models', 'list', 'line')).out).toMatch(
    /version 1: better[\s\S]*imported: from elsewhere[\s\S]*seed 7/,
  )
  expect((await live.run('models', 'show', 'line', '3')).out).toMatch(/^from {5}version 1: better$/m)
  expect(await live.run('models', 'show', 'line', '9')).toMatchObject({ code: 4 })
})

test('a file that is no model is refused and named', async () => {
  const { code, err } = await live.run('models', 'import', 'line', import.meta.filename)
  expect(code).toBe(5)
  expect(err).toMatch(/No version was made\.\n.+/)
  expect(await live.run('models', 'import', 'line', '/nowhere')).toMatchObject({ code: 1 })
})

describe('a download', () => {
  const download = (file: string, ...more: string[]) =>
    live.run('models', 'download', 'line', '1', '--output', file, ...more)

  test('goes on where another was cut off, and is the same file', async () => {
    const whole = live.home.at('whole')
    await download(whole)
    const file = live.home.at('again')
    writeFileSync(`${file}.part`, readFileSync(whole))
    truncateSync(`${file}.part`, 100_000)
    const { resumedFrom, bytes } = JSON.parse((await download(file, '--json')).out)
    expect(resumedFrom).toBe(100_000)
    expect(readFileSync(file)).toEqual(readFileSync(whole))
    expect({ length: readFileSync(file).length, part: existsSync(`${file}.part`) }).toEqual({
      length: bytes,
      part: false,
    })
  })

  test('of what is there already is done; what is there and is something else stays', async () => {
    const file = live.home.at('w')
    await download(file)
    expect((await download(file)).out).toContain('(it was there already)')
    writeFileSync(file, 'my thesis')
    const { code, err } = await download(file)
    expect(code).toBe(1)
    expect(err).toContain('is there already and is something else')
    expect(readFileSync(file, 'utf8')).toBe('my thesis')
  })

  test('that turns out to be something else is thrown away', async () => {
    const file = live.home.at('w')
    writeFileSync(`${file}.part`, 'not the beginning of a model')
    const { code, err } = await download(file)
    expect(code).toBe(1)
    expect(err).toMatch(/What came is not sha256:[0-9a-f]{64}\. It was thrown away; try again\./)
    expect([existsSync(file), existsSync(`${file}.part`)]).toEqual([false, false])
    expect(await download(file)).toMatchObject({ code: 0 })
  })
})

describe('over a bad line', () => {
  const weights = new Uint8Array(200_000).map((_, i) => (i * 31) % 251)

  /** A server of one model, whose weights go out as `send` says. */
  const aBadLine = async (send: (response: ServerResponse, from: number, request: number) => void) => {
    const digest = `sha256:${createHash('sha256').update(weights).digest('hex')}`
    const view = {
      task: 'line',
      version: 1,
      parent: null,
      weights: { digest, bytes: weights.length },
      assignment: digest,
      origin: { kind: 'initial', seed: 1 },
      createdAt: '2026-03-01T09:30:00.000Z',
    }
    let requests = 0
    return aStandIn((request, response) => {
      if (!request.url?.endsWith('/weights')) {
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify(view))
        return
      }
      requests++
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
      response.statusCode = from > 0 ? 206 : 200
      response.setHeader('content-type', 'application/octet-stream')
      response.setHeader('content-length', weights.length - from)
      send(response, from, requests)
    })
  }

  test('a download that is cut twice comes to its end', async () => {
    await using line = await aBadLine((response, from, request) => {
      if (request > 2) response.end(weights.subarray(from))
      else
        response.write(weights.subarray(from, from + 50_000), () => setTimeout(() => response.destroy(), 20))
    })
    const file = live.home.at('w')
    expect(await lineTo(line.url, 'tro_x').run('models', 'download', 'line', '1', '-o', file)).toMatchObject({
      code: 0,
    })
    expect(new Uint8Array(readFileSync(file))).toEqual(weights)
  })

  test('more than there should be is not taken', async () => {
    await using line = await aBadLine((response) => {
      response.removeHeader('content-length')
      response.write(weights)
      response.end('and more')
    })
    const file = live.home.at('w')
    const { code, err } = await lineTo(line.url, 'tro_x').run('models', 'download', 'line', '1', '-o', file)
    expect(code).toBe(1)
    expect(err).toContain('More came than the 200000 bytes there should be.')
    expect(existsSync(file)).toBe(false)
  })

  test('Ctrl-C ends it with 130 and what to do, and what came stays', async () => {
    const ctrlC = new AbortController()
    await using line = await aBadLine((response, from, request) => {
      if (request > 1) response.end(weights.subarray(from))
      else response.write(weights.subarray(0, 50_000), () => setTimeout(() => ctrlC.abort(), 100))
    })
    const file = live.home.at('w')
    const words = ['models', 'download', 'line', '1', '-o', file]
    const { code, err } = await lineTo(line.url, 'tro_x').runIn({ interruption: ctrlC.signal }, ...words)
    expect(code).toBe(130)
    expect(err).toContain(`50.0 kB of 200 kB are in ${file}.part; the same command goes on from there.`)
    const { out } = await lineTo(line.url, 'tro_x').run(...words)
    expect(out).toContain('(resumed at 50.0 kB)')
    expect(new Uint8Array(readFileSync(file))).toEqual(weights)
  })
})
