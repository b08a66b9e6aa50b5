import { ModelVersion, RoundId, TaskId } from '@tributary/protocols'
import type { PrivacyClaim } from '@tributary/protocols/privacy'
import type { FleetView, LiveEvent } from '@tributary/protocols/rest'
import { virtualClock } from '@tributary/protocols/runtime'
import { describe, expect, test } from 'vitest'
import { memberView, roundView } from '../http/views/round-view.ts'
import type { AuditRecord } from '../ports/records.ts'
import type { Change } from '../ports/store.ts'
import type { Member } from '../round/member.ts'
import { aCompleted, aMember, aTraining, clientOf, digestOf, digits3 } from '../round/round.builders.ts'
import type { Round } from '../round/round.ts'
import type { PeerSignal } from './for-peers.ts'
import type { Hint } from './hint.ts'
import { createLive } from './live.ts'

const digits = TaskId.parse('digits')
const round = aTraining()
const save = (of: Round): Change => ({ kind: 'save-round', round: of })
const saveMember = (member: Member): Change => ({ kind: 'save-member', member })
const accepted = (n: number, since: number) => aMember('accepted', { client: clientOf(n), since })
const entry: Change = {
  kind: 'append-audit',
  entry: { at: 1, actor: 'one', action: 'task.created', subject: 'digits', detail: {} },
}
const NO_HINT: Hint = {
  tasks: [],
  models: [],
  rounds: [],
  clients: [],
  more: 0,
  audit: false,
  access: false,
}

const aWorld = () => {
  const clock = virtualClock(1_000)
  const said: PeerSignal[] = []
  const faults: unknown[] = []
  const told: { at: number; event: LiveEvent }[] = []
  const fleet: FleetView = { enrolled: 0, revoked: 0, withdrawn: 0, online: 0, waiting: 0, working: 0 }
  const tables = {
    rounds: new Map<RoundId, Round>(),
    members: [] as Member[],
    entries: 0,
    reads: 0,
    broken: undefined as Error | undefined,
  }
  const read = async <Value>(value: Value): Promise<Value> => {
    tables.reads++
    if (tables.broken) throw tables.broken
    return value
  }
  const live = createLive({
    clock,
    store: {
      rounds: { get: (id) => read(tables.rounds.get(id)) },
      members: { ofRound: (id) => read(tables.members.filter((member) => member.round === id)) },
      models: { get: () => read(undefined) },
      audit: ({ limit, after = 0 }) =>
        read(
          Array.from(
            { length: Math.max(0, Math.min(limit, tables.entries - after)) },
            () => ({}) as AuditRecord,
          ),
        ),
    },
    fleet: () => read({ ...fleet }),
    tell: (signal) => void said.push(signal),
    fault: (error) => void faults.push(error),
  })
  /** Time passes, and what it set off is done. */
  const pass = async (ms: number) => {
    for (const end = clock.now() + ms; ; ) {
      await new Promise((resolve) => setImmediate(resolve))
      if (clock.now() >= end) return
      clock.advanceTo(Math.min(end, clock.now() + 10))
    }
  }
  const watch = () => {
    const changes = { access: 0 }
    const end = live.watch({
      hear: (event) => void told.push({ at: clock.now(), event }),
      accessChanged: () => void changes.access++,
    })
    return { end, changes }
  }
  const of = <Type extends LiveEvent['type']>(type: Type) =>
    told.flatMap(({ event }) => (event.type === type ? [event as Extract<LiveEvent, { type: Type }>] : []))
  return { clock, live, tables, fleet, told, of, said, faults, pass, watch }
}

describe('whoever watches', () => {
  test('is told of what was saved, in the words of REST, once for all that came together', async () => {
    const { live, pass, watch, told } = aWorld()
    watch()
    const later = aTraining({ accepted: 1 })
    live.committed([save(round), saveMember(aMember('invited'))])
    live.committed([
      save(later),
      saveMember(aMember('accepted')),
      saveMember(aMember('invited', { client: clientOf(2) })),
    ])
    await pass(50)
    expect(told.map(({ event }) => event).filter(({ type }) => type !== 'fleet')).toEqual([
      { type: 'round', round: roundView(later) },
      {
        type: 'members',
        round: digits3,
        members: [aMember('accepted'), aMember('invited', { client: clientOf(2) })].map((member) =>
          memberView(member),
        ),
      },
    ])
  })

  test('is told of a round ten times a second, whatever goes on in it, and misses nothing of ten thousand members', async () => {
    const { live, pass, watch, of, told } = aWorld()
    watch()
    for (let ms = 0; ms < 1_000; ms++) {
      for (let i = 0; i < 10; i++)
        live.committed([save(aTraining({ accepted: ms })), saveMember(accepted(ms * 10 + i, 1_000 + ms))])
      await pass(1)
    }
    await pass(200)
    expect(of('round').length).toBeGreaterThan(8)
    expect(of('round').length).toBeLessThanOrEqual(12)
    expect(new Set(of('members').flatMap(({ members }) => members.map(({ client }) => client))).size).toBe(
      10_000,
    )
    expect(of('members').every(({ members }) => members.length <= 200)).toBe(true)
    expect(told.length).toBeLessThan(100)
  })

  test('is told of the fleet and of clients once a second, two hundred of them by name', async () => {
    const { live, pass, watch, of, fleet, told } = aWorld()
    watch()
    for (let i = 0; i < 3_000; i++) {
      fleet.online++
      live.moved(clientOf(i))
      if (i % 100 === 0) await pass(100)
    }
    await pass(2_000)
    expect(of('fleet').length).toBeLessThanOrEqual(5)
    expect(of('fleet').at(-1)?.fleet.online).toBe(3_000)
    for (const event of of('clients')) expect(event.clients.length).toBeLessThanOrEqual(200)
    expect(of('clients').reduce((sum, { clients, more }) => sum + clients.length + more, 0)).toBe(3_000)
    const times = told.filter(({ event }) => event.type === 'clients').map(({ at }) => at)
    for (const [i, at] of times.entries())
      expect(at - (times[i - 1] ?? -Infinity)).toBeGreaterThanOrEqual(1_000)
  })

  test('is not told again what has not changed of the fleet', async () => {
    const { live, pass, watch, of } = aWorld()
    watch()
    for (let i = 0; i < 5; i++) {
      live.counted()
      await pass(1_100)
    }
    expect(of('fleet')).toHaveLength(1)
  })

  test('is told how many entries the audit log has, whatever their number', async () => {
    const { live, pass, watch, of, tables } = aWorld()
    watch()
    for (const entries of [1, 2, 3, 1_000, 1_001, 123_456, 123_460]) {
      tables.entries = entries
      const before = tables.reads
      live.committed([entry])
      await pass(1_100)
      expect(of('audit').at(-1)?.sequence).toBe(entries)
      expect(tables.reads - before).toBeLessThan(60)
    }
  })

  test('is told at once that operators may do something else', async () => {
    const { live, watch } = aWorld()
    const { changes } = watch()
    live.committed([
      {
        kind: 'save-token',
        token: {
          kind: 'operator',
          id: 't',
          hash: 'h',
          name: 'n',
          role: 'admin',
          status: 'revoked',
          createdAt: 1,
        },
      },
    ])
    expect(changes.access).toBe(1)
  })

  test('is told of progress as it was said last, and it is kept while a member is at work, and no longer', async () => {
    const { live, pass, watch, of } = aWorld()
    const member = aMember('accepted')
    live.progressed(round, member, { fraction: 0.25, at: 1 })
    expect(live.progressOf(digits3).get(member.client)).toEqual({ fraction: 0.25, at: 1 })
    watch()
    live.progressed(round, member, { fraction: 0.5, at: 2 })
    live.progressed(round, member, { fraction: 0.75, loss: 0.1, at: 3 })
    live.progressed(round, aMember('received', { client: clientOf(2) }), { fraction: 1, at: 3 })
    await pass(50)
    expect(of('progress')).toEqual([
      { type: 'progress', round: digits3, clients: [{ client: member.client, fraction: 0.75, loss: 0.1 }] },
    ])
    live.committed([save(aCompleted())])
    live.progressed(aCompleted(), member, { fraction: 0.9, at: 4 })
    expect(live.progressOf(digits3).size).toBe(0)
  })

  test('learns no loss of a client whose task promises privacy', () => {
    const { live } = aWorld()
    const spent: PrivacyClaim = {
      epsilon: 1,
      delta: 1e-5,
      unit: 'client',
      relation: 'add-or-remove',
      sampling: { kind: 'none' },
      participation: null,
      accountant: 'renyi',
      rounds: 1,
    }
    live.progressed(aTraining({}, { privacy: spent }), aMember('accepted'), {
      fraction: 0.5,
      loss: 0.1,
      at: 1,
    })
    expect([...live.progressOf(digits3).values()]).toEqual([{ fraction: 0.5, at: 1 }])
  })

  test('is told from the tables of what may have been saved', async () => {
    const { live, pass, watch, of, tables } = aWorld()
    watch()
    const saved = aTraining({ accepted: 1 })
    tables.rounds.set(digits3, saved)
    tables.members = [accepted(1, 500), accepted(2, 400), aMember('invited', { client: clientOf(3) })]
    live.doubtful([save(aTraining({ accepted: 2 })), saveMember(accepted(1, 500))])
    await pass(50)
    expect(of('round')).toEqual([{ type: 'round', round: roundView(saved) }])
    // Rows from before they said since when are told as well.
    expect(of('members').flatMap(({ members }) => members.map(({ client }) => client))).toEqual([
      clientOf(1),
      clientOf(3),
    ])
  })

  test('cannot stop whoever tells, nor another who watches: what goes wrong is a fault', async () => {
    const { live, pass, watch, of, faults, tables } = aWorld()
    const wrong = new Error('cannot hear')
    live.watch({
      hear() {
        throw wrong
      },
      accessChanged() {
        throw wrong
      },
    })
    watch()
    live.committed([save(round)])
    await pass(50)
    expect(faults).toContain(wrong)
    expect(of('round')).toHaveLength(1)
    tables.broken = new Error('no tables')
    live.doubtful([save(round)])
    await pass(1_100)
    expect(faults).toContain(tables.broken)
    tables.broken = undefined
    live.committed([save(aTraining({ accepted: 1 }))])
    await pass(150)
    expect(of('round')).toHaveLength(2)
  })
})

describe('where nobody watches', () => {
  test('nothing is read, told, or waited for', async () => {
    const { live, pass, watch, told, tables, said, clock } = aWorld()
    watch().end()
    expect(said.splice(0)).toEqual([{ type: 'watching' }])
    live.committed([save(round), saveMember(aMember()), entry])
    live.doubtful([save(round)])
    live.moved(clientOf(1))
    live.counted()
    live.hear({ type: 'changed', hint: { ...NO_HINT, tasks: [digits], audit: true } })
    expect(clock.pending()).toBe(0)
    await pass(3_000)
    expect({ told, said, reads: tables.reads, timers: clock.pending() }).toEqual({
      told: [],
      said: [],
      reads: 0,
      timers: 0,
    })
  })

  test('what was gathered for one who has gone is not told to the next', async () => {
    const { live, pass, watch, of } = aWorld()
    const first = watch()
    live.committed([save(round)])
    first.end()
    watch()
    await pass(200)
    expect(of('round')).toEqual([])
  })
})

describe('among processes', () => {
  test('whoever watches asks the others to say what they do, for as long as it watches', async () => {
    const { pass, watch, said } = aWorld()
    const { end } = watch()
    await pass(11_000)
    expect(said.splice(0)).toEqual(Array(3).fill({ type: 'watching' }))
    end()
    await pass(11_000)
    expect(said).toEqual([])
  })

  test('hints go out twice a second at most while another watches, name what has changed, and end after a while', async () => {
    const { live, pass, said } = aWorld()
    live.committed([save(round)])
    live.hear({ type: 'watching' })
    for (let i = 0; i < 1_000; i++) {
      live.committed([save(round), saveMember(accepted(i, 1_000 + i)), entry])
      live.moved(clientOf(i))
      await pass(1)
    }
    await pass(600)
    expect(said.length).toBeLessThanOrEqual(4)
    const hints = said.flatMap((signal) => (signal.type === 'changed' ? [signal.hint] : []))
    expect(hints[0]).toMatchObject({ rounds: [{ round: digits3, membersSince: 1_000 }], audit: true })
    for (const hint of hints) expect(JSON.stringify(hint).length).toBeLessThan(7_000)
    expect(hints.reduce((sum, { clients, more }) => sum + clients.length + more, 0)).toBe(1_000)
    said.splice(0)
    await pass(20_000)
    live.committed([save(round)])
    await pass(1_000)
    expect(said).toEqual([])
  })

  test('what does not fit one hint is in the next', async () => {
    const { live, pass, said } = aWorld()
    live.hear({ type: 'watching' })
    const ids = Array.from({ length: 120 }, (_, i) => RoundId.parse(`digits.${i + 1}`))
    live.committed(ids.map((id) => save({ ...round, id })))
    await pass(2_000)
    const named = said.flatMap((signal) =>
      signal.type === 'changed' ? [signal.hint.rounds.map((one) => one.round)] : [],
    )
    expect(named.map((one) => one.length)).toEqual([50, 50, 20])
    expect(named.flat()).toEqual(ids)
  })

  test('a hint has the tables read: the round, members who have changed since, the version', async () => {
    const { live, pass, watch, of, tables } = aWorld()
    const { changes } = watch()
    tables.rounds.set(digits3, round)
    tables.members = [accepted(1, 4_000), accepted(2, 5_000), accepted(3, 6_000)]
    tables.entries = 9
    live.hear({
      type: 'changed',
      hint: {
        tasks: [digits],
        models: [{ task: digits, version: ModelVersion.parse(2) }],
        rounds: [{ round: digits3, membersSince: 5_000 }],
        clients: [clientOf(8)],
        more: 4,
        audit: true,
        access: true,
      },
    })
    await pass(1_100)
    expect(of('task')).toEqual([{ type: 'task', task: digits }])
    expect(of('round')).toEqual([{ type: 'round', round: roundView(round) }])
    expect(of('members').flatMap(({ members }) => members.map(({ client }) => client))).toEqual([
      clientOf(2),
      clientOf(3),
    ])
    expect(of('clients')).toEqual([{ type: 'clients', clients: [clientOf(8)], more: 4 }])
    expect([of('audit'), of('model'), changes.access]).toEqual([[{ type: 'audit', sequence: 9 }], [], 1])
  })
})

test('a version is told with what is known of it', async () => {
  const { live, pass, watch, of } = aWorld()
  watch()
  live.committed([
    {
      kind: 'insert-model',
      model: {
        task: digits,
        version: ModelVersion.parse(2),
        parent: ModelVersion.parse(1),
        weights: { digest: digestOf(2), bytes: 8 },
        assignment: digestOf(1),
        origin: { kind: 'imported', note: 'mended' },
        createdAt: 0,
      },
    },
  ])
  await pass(50)
  expect(of('model')[0]?.model).toMatchObject({ version: 2, createdAt: '1970-01-01T00:00:00.000Z' })
})
