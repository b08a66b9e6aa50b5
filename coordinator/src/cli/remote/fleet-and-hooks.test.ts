import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aLiveCoordinator, answering, aStandIn, type Live, lineTo } from './remote-line.builders.ts'

let live: Live
beforeAll(async () => {
  live = await aLiveCoordinator()
  await live.makeTask()
})
afterAll(() => live[Symbol.asyncDispose]())

const NOBODY = `c-${'0'.repeat(32)}`

describe('overview', () => {
  test('shows clients, tasks, rounds and versions; status is the same', async () => {
    await live.run('rounds', 'trigger', 'line')
    const { code, out, err } = await live.run('overview')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^clients {2}0 enrolled, 0 on the line, /m)
    expect(out).toMatch(/^tasks {4}1 active, 0 paused, 0 finished$/m)
    expect(out).toMatch(/^line\.1 {2}selecting, 1 wanted/m)
    expect((await live.run('status')).out.replace(/^at .*/, '')).toBe(out.replace(/^at .*/, ''))
    expect(await live.json('overview')).toMatchObject({ tasks: { active: 1 } })
    await live.run('rounds', 'abandon', 'line.1', '--reason', 'enough')
  })
})

describe('clients', () => {
  test('an invitation gives a token that stands alone on stdout, and a QR code beside it', async () => {
    const { code, out, err } = await live.run('clients', 'invite', '--uses', '3', '--expires', '90m', '--qr')
    expect(code).toBe(0)
    expect(out).toMatch(/^tre_[0-9a-f]{24}_[A-Za-z0-9_-]{43}\n$/)
    expect(err).toMatch(/^[█▀▄ ]{20,}\n[\s\S]*For 3 clients, until /)
    expect(err).not.toContain('tre_')
    const invitation = await live.json('clients', 'invite', '--expires', '1d')
    const lifeMs = Date.parse(invitation.expiresAt) - Date.parse(invitation.createdAt)
    expect(Math.round(lifeMs / 1_000)).toBe(86_400)
  })

  test.each([
    [['invite', '--uses', '0'], '--uses must be a whole number'],
    [['invite', '--expires', 'soon'], '--expires must be a time as in 90m, 12h or 7d'],
    [['list', '--status', 'gone'], '--status status is active, revoked or withdrawn'],
    [['list', '--search', 'xyz'], '--search search is what a client id begins with'],
    [['show', 'alice'], '<client> a client id is c- and 32 lowercase hex digits'],
  ])('%j is a wrong line', async (words, reason) => {
    const { code, err } = await live.run('clients', ...words)
    expect(code).toBe(2)
    expect(err).toContain(reason)
  })

  test('there are none, or none like that; an unknown one ends with 4', async () => {
    expect((await live.run('clients', 'list')).out).toContain('`tributary clients invite` prints a token')
    expect((await live.run('clients', 'list', '--online')).out).toBe('There are no such clients.\n')
    for (const word of ['show', 'revoke', 'rounds'])
      expect(await live.run('clients', word, NOBODY)).toMatchObject({ code: 4, out: '' })
  })

  test('are asked for as the flags say, and shown with what they wait for', async () => {
    const asked: string[] = []
    await using stand = await aStandIn(
      answering((url) => {
        asked.push(url.search)
        const client = {
          id: NOBODY,
          publicKey: 'k',
          status: 'active',
          enrolledAt: '2026-03-01T09:30:00.000Z',
          enrolledBy: 'e',
        }
        return { items: [{ ...client, online: true, waitingFor: ['digits'] }], nextCursor: null }
      }),
    )
    const line = lineTo(stand.url, 'tro_x')
    const { out } = await line.run('clients', 'list', '--online', '--status', 'active', '--search', 'c-00')
    expect(asked).toEqual(['?limit=200&status=active&search=c-00&online=true'])
    expect(out).toContain('waiting for digits')
  })
})

describe('webhooks', () => {
  test('are made, listed, pinged, and deleted', async () => {
    expect((await live.run('webhooks', 'list')).out).toContain('`tributary webhooks create` makes one')
    const made = await live.run(
      'webhooks',
      'create',
      'https://hooks.example/a',
      '--events',
      'round.completed,model.published',
      '--task',
      'line',
    )
    expect(made).toMatchObject({ code: 0 })
    expect(made.out).toMatch(/^whsec_\S+\n$/)
    expect(made.err).not.toContain('whsec_')
    const [webhook] = await live.json('webhooks', 'list')
    expect(webhook).toMatchObject({
      name: 'hooks.example',
      events: ['round.completed', 'model.published'],
      task: 'line',
    })
    expect(await live.run('webhooks', 'ping', webhook.id)).toMatchObject({ code: 0, err: '' })
    const [delivery] = await live.json('webhooks', 'deliveries', webhook.id)
    expect(delivery).toMatchObject({ event: 'ping' })
    expect((await live.run('webhooks', 'deliveries', webhook.id)).out).toContain(delivery.id)
    expect(await live.run('webhooks', 'delete', webhook.id)).toEqual({
      code: 0,
      out: `Webhook ${webhook.id} is deleted.\n`,
      err: '',
    })
    const gone = await live.run('webhooks', 'ping', `wh_${'0'.repeat(24)}`)
    expect(gone).toMatchObject({ code: 4, out: '' })
  })

  test.each([
    [['create', 'mailto:me@example.org'], '<url> must be an http or https address'],
    [
      ['create', 'https://hooks.example', '--events', 'round.ended'],
      '--events must be some of round.started, ',
    ],
    [['delete', '7'], '<webhook> a webhook is named as in wh_ and 24 hex digits'],
  ])('%j is a wrong line', async (words, reason) => {
    const { code, err } = await live.run('webhooks', ...words)
    expect(code).toBe(2)
    expect(err).toContain(reason)
  })

  test('not to a private address', async () => {
    const { code, err } = await live.run('webhooks', 'create', 'http://127.0.0.1/x')
    expect(code).toBe(1)
    expect(err).toContain('url: ')
  })
})

describe('tasks', () => {
  test('metrics of rounds, in a table and as comma-separated values', async () => {
    const round = {
      round: 'line.3',
      number: 3,
      outcome: 'completed',
      version: 4,
      openedAt: '2026-03-01T09:30:00.000Z',
      endedAt: '2026-03-01T09:31:00.000Z',
      received: 9,
      invited: 10,
      examples: 900,
      bytes: 12_000,
      means: { loss: 0.25 },
      bands: { loss: { clients: 9, min: 0.1, p10: 0.125, median: 0.2, p90: 0.5, max: 0.9 } },
    }
    await using stand = await aStandIn(answering(() => ({ items: [round], nextCursor: null })))
    const { out } = await lineTo(stand.url, 'tro_x').run('tasks', 'metrics', 'line')
    expect(out).toMatch(
      /^ROUND .* LOSS .*\nline\.3 {2}completed .* 9\/10 .* 12\.0 kB .*0\.25 \(0\.125 to 0\.5\)/,
    )
    expect((await live.run('tasks', 'metrics', 'line', '--csv')).out).toMatch(/^round,/)
    expect(await live.run('tasks', 'metrics', 'nope')).toMatchObject({ code: 4 })
  })

  test('privacy', async () => {
    expect((await live.run('tasks', 'privacy', 'line')).out).toMatch(
      /^summed securely {2}no\nbudget {11}none\nspent {12}nothing\n/,
    )
  })
})

test('a token for an operator stands alone on stdout', async () => {
  const { code, out, err } = await live.run('tokens', 'create', '--name', 'eyes', '--role', 'viewer')
  expect(code).toBe(0)
  expect(out).toMatch(/^tro_\S+\n$/)
  expect(err).not.toContain('tro_')
  expect((await live.run('tokens', 'create', '--name', 'eyes', '--role', 'owner')).err).toContain(
    '--role must be one of viewer, operator, admin',
  )
})

test('the audit log is listed with who did what', async () => {
  const { out } = await live.run('audit', 'list', '--limit', '3')
  expect(out).toMatch(/^ENTRY .*\n {4}1 .* coordinator\.started /)
  expect(out.trimEnd().split('\n')).toHaveLength(4)
})
