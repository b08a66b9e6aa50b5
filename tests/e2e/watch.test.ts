import { isDeepStrictEqual } from 'node:util'
import { OperatorTokenPage, OperatorTokenView, restPaths, SessionView } from '@tributary/protocols/rest'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aGate } from '../fleet/gate.ts'
import { type LineClient, type LineClientOptions, lineClient, rowsOf } from '../fleet/line-clients.ts'
import { beginRawRound } from '../fleet/raw-rounds.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import { lineTask } from '../fleet/test-tasks.ts'
import { until } from '../fleet/until.ts'
import { NotLetIn, openWatcher, toldMembers, type Watcher } from '../fleet/watcher.ts'

let coordinator: TestCoordinator
let watchers: Watcher[]
let clients: LineClient[]
beforeEach(async () => {
  watchers = []
  clients = []
  coordinator = await startCoordinator()
})
afterEach(async () => {
  for (const watcher of watchers) watcher[Symbol.dispose]()
  await Promise.all(clients.map(({ client }) => client.leave()))
  await coordinator[Symbol.asyncDispose]()
})

type Role = 'viewer' | 'operator' | 'admin'
type Opening = Parameters<typeof openWatcher>[1]

const tokenOf = async (role: Role): Promise<string> => {
  const request = { name: `a ${role}`, role }
  const answer = await coordinator.operator.call('POST', restPaths.operatorTokens, request)
  return OperatorTokenView.parse(answer.body).token
}
const watch = async (opening: Opening): Promise<Watcher> => {
  const watcher = await openWatcher(coordinator.url, opening)
  watchers.push(watcher)
  return watcher
}
const watchAs = async (role: Role) => watch({ token: await tokenOf(role) })

/** The word by which it is not let in. */
const refusal = (opening: Opening): Promise<string> =>
  watch(opening).then(
    () => 'let in',
    (error: unknown) => (error instanceof NotLetIn ? error.reason : String(error)),
  )

const join = async (count: number, options: Partial<LineClientOptions> = {}) => {
  const token = await coordinator.operator.invite(count)
  clients = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      lineClient(token, { url: coordinator.url, rows: rowsOf(i), ...options }),
    ),
  )
  await Promise.all(clients.map(({ client }) => client.join()))
}

describe('a line to watch by', () => {
  test('is opened by an operator of any role, who is told whom it is taken for', async () => {
    for (const role of ['viewer', 'operator', 'admin'] as const) {
      const watcher = await watchAs(role)
      expect(watcher.told[0]).toEqual({ type: 'hello', at: expect.any(String), name: `a ${role}`, role })
    }
  })

  test('is opened by nobody else', async () => {
    await coordinator.operator.createTask(lineTask({ clients: 1 }))
    await join(1)
    const session = coordinator.services.access.issueSession(clients[0]?.id ?? never(), Date.now() + 60_000)
    const invitation = await coordinator.operator.invite(1)
    for (const token of [undefined, '', 'tro_nobody', invitation, session.token])
      expect([token, await refusal({ token })]).toEqual([token, 'unauthenticated'])
    for (const token of [7, null, ['tro_'], { text: 'tro_' }, 'x'.repeat(100_000)])
      expect([token, await refusal({ token })]).toEqual([token, 'invalid'])
    expect(await refusal({ headers: { cookie: 'session=guessed' } })).toBe('unauthenticated')
  })

  test('is opened by the coordinator’s own pages with their session, and ended at once when somebody signs that out', async () => {
    const { url } = coordinator
    const signedIn = await fetch(url + restPaths.session, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify({ token: await tokenOf('operator') }),
    })
    const { csrf } = SessionView.parse(await signedIn.json())
    const cookie = signedIn.headers
      .getSetCookie()
      .map((set) => set.split(';')[0])
      .join('; ')
    const other = await watchAs('viewer')
    const watcher = await watch({ headers: { cookie, origin: url } })
    expect(watcher.of('hello')).toMatchObject([{ name: 'a operator', role: 'operator' }])
    expect(await refusal({ headers: { cookie } })).toBe('unauthenticated')
    await fetch(url + restPaths.session, {
      method: 'DELETE',
      headers: { cookie, origin: url, 'x-csrf-token': csrf },
    })
    await watcher.ended
    expect(await refusal({ headers: { cookie, origin: url } })).toBe('unauthenticated')
    expect(other.isOpen()).toBe(true)
  })

  test('is ended at once when its token is revoked, and not opened again by it', async () => {
    const [watcher, other] = [await watchAs('operator'), await watchAs('viewer')]
    const listed = await coordinator.operator.call('GET', restPaths.operatorTokens)
    const { id } =
      OperatorTokenPage.parse(listed.body).items.find(({ role }) => role === 'operator') ?? never()
    expect((await coordinator.operator.call('DELETE', restPaths.operatorToken(id))).status).toBeLessThan(300)
    await watcher.ended
    expect(other.isOpen()).toBe(true)
  })

  test('is not opened by pages of other origins', async () => {
    const token = await tokenOf('admin')
    const from = (origin: string) => refusal({ token, headers: { origin } })
    expect(await from('https://elsewhere.example')).not.toBe('let in')
    expect(await from(coordinator.url)).toBe('let in')
  })

  test.each([
    ['a message', ['message', { type: 'hello' }]],
    ['another event', ['round', 1]],
    ['what wants an answer', ['message', () => {}]],
    ['bytes', ['message', new Uint8Array(1_000)]],
  ] as const)(
    'is ended when %s is said on it, and its view of others is not',
    async (_, [event, ...parts]) => {
      const [one, other] = [await watchAs('viewer'), await watchAs('viewer')]
      one.say(event, ...parts)
      await one.ended
      await coordinator.operator.createTask(lineTask({ clients: 1 }))
      expect(await other.first('task')).toEqual({ type: 'task', task: 'line' })
      expect([one.isOpen(), one.of('task')]).toEqual([false, []])
    },
  )
})

describe('whoever watches', () => {
  test('sees a round from its beginning to its end, in the words of REST', async () => {
    const watcher = await watchAs('viewer')
    await coordinator.operator.createTask(lineTask({ clients: 3 }))
    const gate = aGate()
    await join(3, { hold: gate.hold })
    expect(await watcher.first('task')).toEqual({ type: 'task', task: 'line' })
    await watcher.first(
      'fleet',
      ({ fleet }) => fleet.enrolled === 3 && fleet.online === 3 && fleet.waiting === 3,
    )

    const { id } = await coordinator.operator.trigger('line')
    const ids = clients.map((client) => client.id).toSorted()
    await watcher.first('round', ({ round }) => round.id === id && round.phase === 'training')
    await until('all to be told of as accepted', () => {
      const accepted = toldMembers(watcher.told, id).filter(({ status }) => status === 'accepted')
      return accepted.length === 3
    })
    await watcher.first('fleet', ({ fleet }) => fleet.working === 3 && fleet.waiting === 0)
    const during = await coordinator.operator.round(id)
    for (const member of during.members)
      expect(member).toMatchObject({ status: 'accepted', invitedAt: expect.any(String) })

    gate.open()
    await watcher.first('round', ({ round }) => round.id === id && round.phase === 'completed')
    expect((await watcher.first('model', ({ model }) => model.version === 2)).model).toEqual(
      (await coordinator.operator.models('line')).at(-1),
    )
    await coordinator.settled(id)
    const round = await coordinator.operator.round(id)
    await until('the end to be told', () =>
      toldMembers(watcher.told, id).every(({ status }) => status === 'received'),
    )
    expect(toldMembers(watcher.told, id)).toEqual(round.members)
    const { members, ...view } = round
    expect(watcher.of('round').at(-1)?.round).toEqual(view)
    expect(members.map(({ client }) => client)).toEqual(ids)
    for (const member of members) {
      const { invitedAt = '', acceptedAt = '', since = '' } = member
      expect([invitedAt !== '', invitedAt <= acceptedAt, acceptedAt <= since]).toEqual([true, true, true])
    }
    await watcher.first('fleet', ({ fleet }) => fleet.working === 0)
    expect(watcher.of('clients').flatMap((event) => event.clients)).toEqual(expect.arrayContaining(ids))
  })

  test('sees how far members have come, as long as they are at work, and how long their updates are', async () => {
    const watcher = await watchAs('viewer')
    await using round = await beginRawRound(coordinator)
    const { one, other, id } = round
    one.send({ type: 'accept', round: one.invitation.round })
    for (const fraction of [0.25, 0.5])
      one.send({ type: 'progress', round: one.invitation.round, fraction, loss: 1 - fraction })
    await watcher.first('progress', (event) =>
      isDeepStrictEqual(event, {
        type: 'progress',
        round: id,
        clients: [{ client: one.id, fraction: 0.5, loss: 0.5 }],
      }),
    )
    const toldOf = (client: string) =>
      toldMembers(watcher.told, id).find((member) => member.client === client)
    await until('the accept to be told', () => toldOf(one.id)?.status === 'accepted')
    const memberOf = async (client: string) =>
      (await coordinator.operator.round(id)).members.find((member) => member.client === client)
    expect(await memberOf(one.id)).toMatchObject({
      status: 'accepted',
      progress: { fraction: 0.5, loss: 0.5, at: expect.any(String) },
    })
    expect(await memberOf(other.id)).not.toHaveProperty('progress')
    await one.submit()
    expect(await memberOf(one.id)).toMatchObject({
      status: 'received',
      norm: expect.closeTo(Math.hypot(...one.delta), 12),
    })
    expect(await memberOf(one.id)).not.toHaveProperty('progress')
    await round.completes()
    const asItIs = await memberOf(one.id)
    await expect.poll(() => toldOf(one.id)).toEqual(asItIs)
  })

  test('hears of the audit log as an admin alone', async () => {
    const [viewer, operator, admin] = [
      await watchAs('viewer'),
      await watchAs('operator'),
      await watchAs('admin'),
    ]
    await coordinator.operator.createTask(lineTask({ clients: 1 }))
    const answer = await coordinator.operator.call('GET', `${restPaths.audit}?limit=200`)
    const { items } = answer.body as { items: { sequence: number }[] }
    const sequence = items.at(-1)?.sequence
    await admin.first('audit', (event) => event.sequence === sequence)
    for (const other of [viewer, operator]) {
      await other.first('task')
      expect(other.of('audit')).toEqual([])
    }
  })

  test('is greeted again where the line was cut, and told what happens from then on', async () => {
    const watcher = await watch({ token: await tokenOf('viewer'), reconnects: true })
    watcher.cut()
    await watcher.ended
    await until('the line to be there again', () => watcher.of('hello').length === 2)
    await coordinator.operator.createTask(lineTask({ clients: 1 }))
    await watcher.first('task')
  })
})

const never = (): never => {
  throw new Error('there is no client')
}
