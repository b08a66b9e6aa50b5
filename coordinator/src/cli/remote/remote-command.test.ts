import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../command-line.builders.ts'
import { ADMIN } from '../data-folder.builders.ts'
import { aLiveCoordinator, answering, aStandIn, type Live, lineTo } from './remote-line.builders.ts'

let live: Live
beforeAll(async () => {
  live = await aLiveCoordinator()
  await live.makeTask()
})
afterAll(() => live[Symbol.asyncDispose]())

describe('the token', () => {
  test('is no flag: whoever lists processes would see it', async () => {
    const { code, out, err } = await run('tasks', 'list', '--token', 'tro_hunter2')
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(
      'would show the token to whoever lists processes: set TRIBUTARY_TOKEN, or give --token-file',
    )
    expect(err).not.toContain('hunter2')
  })

  test('may stand in a file, named by flag or variable', async () => {
    const file = live.home.at('token')
    writeFileSync(file, `${live.env.TRIBUTARY_TOKEN}\n`)
    const { TRIBUTARY_URL } = live.env
    expect(await run('tasks', 'list', '--token-file', file, '--url', TRIBUTARY_URL)).toMatchObject({
      code: 0,
    })
    const byVariable = await lineTo(TRIBUTARY_URL, '').runIn(
      { env: { TRIBUTARY_TOKEN_FILE: file } },
      'tasks',
      'list',
    )
    expect(byVariable).toMatchObject({ code: 0, err: '' })
    const both = await live.runIn({ env: { TRIBUTARY_TOKEN_FILE: file } }, 'tasks', 'list')
    expect(both.code).toBe(2)
    expect(both.err).toContain('TRIBUTARY_TOKEN_FILE is set beside TRIBUTARY_TOKEN: leave one of them out')
  })

  test.each([
    [
      'a file that is not there',
      ['--token-file', '/nowhere/token'],
      'names a file that cannot be read: /nowhere/token',
    ],
    ['a file that holds something else', ['--token-file', import.meta.filename], 'holds no operator token'],
  ])('in %s is a mistake in the line', async (_, flags, words) => {
    const { code, err } = await live.run('tasks', 'list', ...flags)
    expect(code).toBe(2)
    expect(err).toContain(words)
  })

  test('is not sent over plain http to another machine, unless that is wanted', async () => {
    const elsewhere = ['tasks', 'list', '--url', 'http://192.0.2.1:4570']
    const { code, err } = await live.run(...elsewhere)
    expect(code).toBe(2)
    expect(err).toContain('--url is plain http to another machine')
    expect(err).not.toContain(live.env.TRIBUTARY_TOKEN)
    const bare = await run(...elsewhere)
    expect(bare).toMatchObject({ code: 3, out: '' })
  })

  test('with --insecure it is', async () => {
    // 0.0.0.0 is this machine, and not by its name.
    const url = live.env.TRIBUTARY_URL.replace('127.0.0.1', '0.0.0.0')
    expect(await live.run('tasks', 'list', '--url', url)).toMatchObject({ code: 2 })
    expect(await live.run('tasks', 'list', '--url', url, '--insecure')).toMatchObject({ code: 0, err: '' })
  })

  test('that is missing is asked for, with exit code 3', async () => {
    const { code, out, err } = await run('tasks', 'list')
    expect({ code, out }).toEqual({ code: 3, out: '' })
    expect(err).toContain('There is no operator token.\n→ Set TRIBUTARY_TOKEN')
  })

  test('that nobody knows is refused with exit code 3 and what to do', async () => {
    const { code, err } = await lineTo(live.env.TRIBUTARY_URL, `tro_${'0'.repeat(24)}_${'a'.repeat(43)}`).run(
      'tasks',
      'list',
    )
    expect(code).toBe(3)
    expect(err).toContain('→ Set TRIBUTARY_TOKEN to an operator token')
  })

  test('of too low a role is refused with exit code 3 and what to do', async () => {
    const { secret } = await live.services.access.createOperator({ name: 'eyes', role: 'viewer' }, ADMIN)
    const viewer = lineTo(live.env.TRIBUTARY_URL, secret)
    expect(await viewer.run('tasks', 'list')).toMatchObject({ code: 0 })
    const { code, out, err } = await viewer.run('tasks', 'pause', 'line')
    expect({ code, out }).toEqual({ code: 3, out: '' })
    expect(err).toContain('→ Use a token of a higher role')
  })
})

describe('the address', () => {
  test.each(['fl.example', 'ftp://fl.example', 'https://me:secret@fl.example', 'https://fl.example/?a=1'])(
    '%s is none of a coordinator',
    async (url) => {
      const { code, err } = await live.run('tasks', 'list', '--url', url)
      expect(code).toBe(2)
      expect(err).toContain('--url must be the address of a coordinator: https://fl.example')
      expect(err).not.toContain('secret')
    },
  )

  test('where nobody listens: exit code 6, and what to look at', async () => {
    const { code, out, err } = await live.run('tasks', 'list', '--url', 'http://127.0.0.1:9')
    expect({ code, out }).toEqual({ code: 6, out: '' })
    expect(err).toContain('http://127.0.0.1:9 cannot be reached: ')
    expect(err).toContain('`tributary serve` starts one')
  })

  test('where a web page answers: exit code 6, and what to look at', async () => {
    await using page = await aStandIn((_, response) => {
      response.setHeader('content-type', 'text/html')
      response.end('<h1>Welcome</h1>')
    })
    const { code, err } = await lineTo(page.url, 'tro_x').run('tasks', 'list')
    expect(code).toBe(6)
    expect(err).toContain('is no coordinator: it answered 200 with a web page')
    expect(err).toContain('without /api')
  })

  test('that sends elsewhere is not followed: the token would go along', async () => {
    const reached: string[] = []
    await using other = await aStandIn((request, response) => {
      reached.push(request.url ?? '')
      response.end()
    })
    await using sender = await aStandIn((_, response) => {
      response.writeHead(307, { location: `${other.url}/api/v1/tasks` })
      response.end()
    })
    const { code, err } = await lineTo(sender.url, 'tro_x').run('tasks', 'list')
    expect({ code, reached }).toEqual({ code: 6, reached: [] })
    expect(err).toContain('give the address it sends to')
  })
})

describe('a list', () => {
  const client = (number: number) => ({
    id: `c-${number.toString(16).padStart(32, '0')}`,
    publicKey: 'k',
    status: 'active',
    enrolledAt: '2026-03-01T09:30:00.000Z',
    enrolledBy: 'e',
  })

  test('of 10,000 is read page after page, or as far as asked', async () => {
    let pages = 0
    await using huge = await aStandIn(
      answering((url) => {
        pages++
        const limit = Number(url.searchParams.get('limit'))
        const from = Number(url.searchParams.get('cursor') ?? 0)
        const items = Array.from({ length: Math.min(limit, 10_000 - from) }, (_, i) => client(from + i))
        return { items, nextCursor: from + limit < 10_000 ? String(from + limit) : null }
      }),
    )
    const line = lineTo(huge.url, 'tro_x')
    const clients = await line.json('clients', 'list')
    expect({ length: clients.length, last: clients.at(-1), pages }).toEqual({
      length: 10_000,
      last: client(9_999),
      pages: 50,
    })
    pages = 0
    const { out } = await line.run('clients', 'list', '--limit', '250')
    expect(out.trimEnd().split('\n')).toHaveLength(251)
    expect(pages).toBe(2)
  })

  test('that never ends is not read for ever', async () => {
    await using looping = await aStandIn(answering(() => ({ items: [client(1)], nextCursor: 'again' })))
    const { code, err } = await lineTo(looping.url, 'tro_x').run('clients', 'list')
    expect(code).toBe(1)
    expect(err).toContain('the list does not come to an end')
  })
})

describe('what a server says', () => {
  const EVIL = 'up\u001b[2J\u001b]0;owned\u0007\r\nround \u009b31m\u202egnp.exe'
  const CONTROLS = /[^\P{Cc}\n]|[\u202a-\u202e]/u

  const evilTask = {
    id: 'line',
    title: EVIL,
    status: 'active',
    completedRounds: 0,
    openRound: null,
    latestRound: null,
    latestModel: null,
    nextRoundAt: null,
  }

  test('does not steer the terminal: tables, refusals, JSON', async () => {
    await using evil = await aStandIn((request, response) => {
      if (request.method === 'GET')
        return answering(() => ({ items: [evilTask], nextCursor: null }))(request, response)
      response.writeHead(400, { 'content-type': 'application/problem+json' })
      response.end(
        JSON.stringify({
          type: EVIL,
          status: 400,
          detail: EVIL,
          mistakes: [{ path: EVIL, message: EVIL }],
          about: {},
        }),
      )
    })
    const line = lineTo(evil.url, 'tro_x')
    const table = await line.run('tasks', 'list')
    expect(table.out).toContain('up [2J ]0;owned round')
    expect(table.out).not.toMatch(CONTROLS)
    expect(table.out.split('\n')).toHaveLength(3)
    const refused = await line.run('rounds', 'trigger', 'line')
    expect(refused.code).toBe(1)
    expect(refused.err).not.toMatch(CONTROLS)
    const json = await line.run('tasks', 'list', '--json')
    expect(json.out).not.toMatch(/[^\P{Cc}\n]/u)
    expect(JSON.parse(json.out)[0].title).toBe(EVIL)
  })
})

test('an answer that breaks off is not shown as it came', async () => {
  await using broken = await aStandIn((_, response) => {
    response.setHeader('content-type', 'application/json')
    response.end('\u001b[2J\u001b]0;owned\u0007')
  })
  const { code, err } = await lineTo(broken.url, 'tro_x').run('tasks', 'list')
  expect(code).toBe(1)
  expect(err).not.toMatch(/[^\P{Cc}\n]/u)
})

test('colour is for terminals without NO_COLOR', async () => {
  const { id: round } = await live.json('rounds', 'trigger', 'line')
  await live.run('rounds', 'abandon', round, '--reason', 'enough')
  const screen = { isTerminal: true, columns: 200 }
  const coloured = (await live.runIn({ screen }, 'rounds', 'list', 'line')).out
  expect(coloured).toContain('\u001b[31mabandoned: operator\u001b[0m')
  const plain = (await live.run('rounds', 'list', 'line')).out
  expect(plain).not.toContain('\u001b')
  expect((await live.runIn({ screen, env: { NO_COLOR: '1' } }, 'rounds', 'list', 'line')).out).toBe(plain)
})
