import { type ClientId, RoundId } from '@tributary/protocols'
import { encodePublicKey } from '@tributary/protocols/crypto'
import {
  type ClientSecaggMessage,
  createRows,
  messageFor,
  rowsOfGroup,
  rowsOver,
} from '@tributary/protocols/secagg'
import { describe, expect, test } from 'vitest'
import type { Decision } from './decision.ts'
import type { RoundEvent } from './event.ts'
import type { Member } from './member.ts'
import { resume } from './resume.ts'
import { aMember, aPolicy, aSelecting, digits3, publicKey } from './round.builders.ts'
import { deadlineOf, type Group, isOpen, Round, type SecureTraining } from './round.ts'
import {
  aManifest,
  aMaskedReceipt,
  aSecureClient,
  identities,
  means,
  type SecureClient,
  seedPart,
} from './secure-cohort.builders.ts'
import { divide, groupOf, groupWith } from './secure-groups.ts'
import { transition } from './transition.ts'

const policy = aPolicy({ quorum: 3, target: 6, stepMs: 1_000, trainingMs: 9_000 })

describe('[R22] a secure round', () => {
  test('goes through the steps of its session, each with its own deadline, and then sums', () => {
    const play = aPlay(6)
    expect(play.secure()).toMatchObject({ session: { phase: 'advertising' }, deadlineAt: 1_000 + play.at })
    expect(play.effects()).toEqual(['ask'])
    play.everyoneAnswers()
    expect(play.secure()).toMatchObject({ session: { phase: 'sharing' }, deadlineAt: 1_000 + play.at })
    play.everyoneAnswers()
    expect(play.secure()).toMatchObject({ session: { phase: 'masking' }, deadlineAt: 9_000 + play.at })
    play.everyoneAnswers()
    expect(play.secure()).toMatchObject({
      session: { phase: 'unmasking' },
      tally: { invited: 6, received: 6 },
      deadlineAt: 1_000 + play.at,
    })
    play.everyoneAnswers()
    expect(play.round).toMatchObject({
      phase: 'aggregating',
      sessions: [{ phase: 'summing' }],
      tally: { received: 6 },
    })
    expect(play.effects()).toEqual(['close', 'aggregate'])
  })

  test('of the confirmed kind asks for one more word', () => {
    const play = aPlay(4, { unmasking: 'confirmed' })
    for (const step of ['sharing', 'masking', 'confirming', 'unmasking']) {
      play.everyoneAnswers()
      expect(play.secure().session.phase).toBe(step)
    }
    play.everyoneAnswers()
    expect(play.round.phase).toBe('aggregating')
  })

  test('[R23] goes on at a deadline with those who answered; the others’ rows say why they are out', () => {
    const play = aPlay(6)
    play.everyoneAnswers({ but: [0] })
    play.deadline()
    play.everyoneAnswers()
    play.everyoneAnswers({ but: [1] })
    play.deadline()
    expect(play.secure()).toMatchObject({
      session: { phase: 'unmasking' },
      tally: { invited: 6, received: 4, failed: 2 },
    })
    expect([0, 1].map((n) => play.memberAt(n))).toMatchObject([
      { status: 'dropped', reason: 'silent' },
      { status: 'dropped', reason: 'silent' },
    ])
    play.everyoneAnswers()
    expect(play.round).toMatchObject({ phase: 'aggregating', sessions: [{ survivors: [1, 2, 3, 4] }] })
  })

  test('is abandoned with a reason once too few are left, and says how they were lost', () => {
    const play = aPlay(5)
    play.everyoneAnswers({ but: [0, 1, 2] })
    play.deadline()
    expect(play.round).toMatchObject({
      phase: 'abandoned',
      reason: 'cannot-reach-quorum',
      detail: expect.stringContaining('at least 3 clients are needed'),
      debts: 'owed',
    })
  })

  test('goes on without a member that declines or fails, and its own word stands', () => {
    const play = aPlay(5)
    play.happen({ type: 'declined', member: play.memberAt(0), reason: 'busy', at: play.at })
    play.everyoneAnswers({ but: [0] })
    expect(play.secure().session.phase).toBe('sharing')
    play.happen({ type: 'failed', member: play.memberAt(1), reason: 'training-error', at: play.at })
    expect([play.memberAt(0).status, play.memberAt(1).status]).toEqual(['declined', 'failed'])
    play.everyoneAnswers({ but: [0, 1] })
    expect(play.secure()).toMatchObject({ session: { phase: 'masking' }, tally: { declined: 1, failed: 1 } })
  })

  test('[R23] does not wait for a member whose vector is in and who has lost the session: it is in the sum', () => {
    const play = aPlay(5, { unmasking: 'confirmed' })
    const lose = (n: number) =>
      play.happen({ type: 'failed', member: play.memberAt(n), reason: 'aborted', at: play.at })
    play.everyoneAnswers()
    play.everyoneAnswers()
    for (const message of play.answersTo(0)) play.say(0, message)
    // While the list is open a session that it leaves would go on without its vector.
    expect(lose(0)).toEqual({ kind: 'unchanged' })
    play.everyoneAnswers({ but: [0] })
    play.everyoneAnswers({ but: [0] })
    expect(play.secure().session.phase).toBe('confirming')
    expect(lose(0)).toMatchObject({ kind: 'changed', members: [] })
    expect(lose(0)).toEqual({ kind: 'unchanged' })
    expect(play.secure()).toMatchObject({
      session: { phase: 'unmasking', survivors: [0, 1, 2, 3, 4] },
      tally: { received: 5, failed: 0 },
    })
    expect(play.memberAt(0).status).toBe('received')
    play.everyoneAnswers({ but: [0] })
    expect(play.round).toMatchObject({ phase: 'aggregating', sessions: [{ survivors: [0, 1, 2, 3, 4] }] })
  })

  test('is abandoned at once where too few are left to open the sum that their vectors are in', () => {
    const play = aPlay(5)
    for (let step = 0; step < 3; step++) play.everyoneAnswers()
    expect(play.secure().session.phase).toBe('unmasking')
    for (const n of [0, 1, 2])
      play.happen({ type: 'failed', member: play.memberAt(n), reason: 'aborted', at: play.at })
    expect(play.round).toMatchObject({ phase: 'abandoned', reason: 'too-few-shares' })
  })

  test('[C11] drops a member that says what no honest client does, and only that one', () => {
    const play = aPlay(5)
    const [first] = play.answersTo(0)
    if (first?.type !== 'secagg-advertise') throw new Error('a client advertises')
    const forged = { ...first, advertisement: { ...first.advertisement, nonce: first.advertisement.maskKey } }
    const decision = play.say(0, forged as unknown as ClientSecaggMessage)
    expect(decision).toMatchObject({ kind: 'changed', refused: 'dropped' })
    expect(play.memberAt(0)).toMatchObject({ status: 'dropped', reason: 'bad-signature' })
    play.say(1, { type: 'malformed' })
    expect(play.memberAt(1)).toMatchObject({ status: 'dropped', reason: 'malformed' })
    play.everyoneAnswers()
    expect(play.secure()).toMatchObject({ session: { phase: 'sharing' }, tally: { failed: 2 } })
  })

  test('[R24] counts a vector once, refuses one that comes when the list is closed, and never takes an open update', () => {
    const play = aPlay(4)
    play.everyoneAnswers()
    play.everyoneAnswers()
    const [masked] = play.answersTo(0)
    if (masked?.type !== 'secagg-masked') throw new Error('a client masks')
    const receipt = aMaskedReceipt(masked)
    const opened = { envelope: masked.vector, bytes: 9, examples: 4, metrics: {}, receivedAt: 1 }
    const received = (of: typeof receipt | typeof opened, n = 0): RoundEvent => ({
      type: 'update-received',
      member: play.memberAt(n),
      receipt: of,
      at: play.at,
    })
    expect(play.happen(received(opened))).toEqual({ kind: 'refused', reason: 'round-over' })
    expect(play.happen(received(receipt))).toMatchObject({ kind: 'changed' })
    expect(play.happen(received(receipt))).toEqual({ kind: 'unchanged' })
    play.everyoneAnswers({ but: [0, 3] })
    const [late] = play.answersTo(3)
    play.deadline()
    if (late?.type !== 'secagg-masked') throw new Error('a client masks')
    expect(play.happen(received(aMaskedReceipt(late), 3))).toEqual({ kind: 'refused', reason: 'round-over' })
    expect(play.memberAt(3)).toMatchObject({ status: 'dropped', reason: 'silent' })
  })

  test('whose vector was signed for something else is dropped, and whoever sent it hears so', () => {
    const play = aPlay(4)
    play.everyoneAnswers()
    play.everyoneAnswers()
    const [mine] = play.answersTo(0)
    const [theirs] = play.answersTo(1)
    if (mine?.type !== 'secagg-masked' || theirs?.type !== 'secagg-masked') throw new Error('clients mask')
    const receipt = aMaskedReceipt({ ...mine, signature: theirs.signature })
    const decision = play.happen({ type: 'update-received', member: play.memberAt(0), receipt, at: play.at })
    expect(decision).toMatchObject({ kind: 'changed', refused: 'dropped' })
    expect(play.memberAt(0)).toMatchObject({ status: 'dropped', reason: 'bad-signature' })
  })

  test('[S11] owes its question after a restart, whatever its step, and can be abandoned in each', () => {
    const play = aPlay(4)
    for (let step = 0; step < 4; step++) {
      expect(resume(play.round)).toEqual([{ type: 'ask' }])
      expect([isOpen(play.round), deadlineOf(play.round) !== undefined]).toEqual([true, true])
      const abandoned = transition(
        play.round,
        { type: 'abandon-requested', reason: 'operator', detail: '', by: 'tok-ada', at: play.at },
        policy,
      )
      expect(abandoned).toMatchObject({
        kind: 'changed',
        round: { phase: 'abandoned' },
        effects: [{ type: 'settle' }],
      })
      play.everyoneAnswers()
    }
    expect(play.round.phase).toBe('aggregating')
  })
})

describe('[R27] a secure round of several groups', () => {
  const steps = (play: ReturnType<typeof aPlay>) => play.secure().groups.map(({ session }) => session.phase)

  test('sums each group by itself, once every one of them has what opens its sum', () => {
    const play = aPlay(8, {}, 2)
    for (const step of ['sharing', 'masking', 'unmasking']) {
      play.everyoneAnswers()
      expect(steps(play)).toEqual([step, step])
    }
    play.everyoneAnswers()
    expect(play.round).toMatchObject({
      phase: 'aggregating',
      sessions: [
        { phase: 'summing', manifest: { group: 0 }, survivors: [0, 1, 2, 3] },
        { phase: 'summing', manifest: { group: 1 }, survivors: [0, 1, 2, 3] },
      ],
      tally: { received: 8 },
    })
    expect(play.effects()).toEqual(['close', 'aggregate'])
  })

  test('goes on in one group while another waits for somebody, each by its own deadline', () => {
    const play = aPlay(8, {}, 2)
    const round = play.secure()
    const first = identities(8).findIndex(({ clientId }) => groupOf(round, clientId) === 0)
    play.everyoneAnswers({ but: [first] })
    const waiting = play.secure()
    expect(steps(play)).toEqual(['advertising', 'sharing'])
    expect(waiting.groups.map(({ deadlineAt }) => deadlineAt)).toEqual([6_000, 5_010 + 1_000])
    expect(waiting.deadlineAt).toBe(6_000)
    play.everyoneAnswers({ but: [first] })
    expect(steps(play)).toEqual(['advertising', 'masking'])
    play.deadline()
    expect(steps(play)).toEqual(['sharing', 'masking'])
    expect(play.memberAt(first)).toMatchObject({ status: 'dropped', reason: 'silent' })
    while (play.round.phase === 'secure-training') play.everyoneAnswers({ but: [first] })
    expect(play.round).toMatchObject({ phase: 'aggregating', tally: { received: 7, failed: 1 } })
  })

  test('ends where one group cannot go on: nobody’s acknowledged vector may be left out of the sum', () => {
    const play = aPlay(8, {}, 2)
    const round = play.secure()
    const silent = identities(8).flatMap(({ clientId }, n) => (groupOf(round, clientId) === 1 ? [n] : []))
    play.everyoneAnswers({ but: silent.slice(0, 2) })
    play.deadline()
    expect(play.round).toMatchObject({ phase: 'abandoned', reason: 'cannot-reach-quorum' })
  })

  describe('takes of a client what belongs to its own group alone', () => {
    const step = (n: number) => {
      const play = aPlay(8, {}, 2)
      for (let steps = 0; steps < n; steps++) play.everyoneAnswers()
      const round = play.secure()
      const inGroup = (group: number) =>
        identities(8).flatMap(({ clientId }, place) => (groupOf(round, clientId) === group ? [place] : []))
      const [[one = 0] = [], [two = 0] = []] = [inGroup(0), inGroup(1)]
      const [mine] = play.answersTo(one)
      const [theirs] = play.answersTo(two)
      if (!mine || !theirs) throw new Error('both answer')
      return { play, one, two, mine, theirs }
    }
    const SESSIONS = [
      ['keys', 0, 'other-manifest'],
      ['shares', 1, 'other-session'],
      ['a masked vector', 2, 'other-session'],
      ['an answer', 3, 'other-session'],
    ] as const

    test.each(SESSIONS)(
      'not %s with the session of another, nor those that one of another said; nobody else loses by it',
      (_, n, reason) => {
        const { play, one, two, mine, theirs } = step(n)
        const other = 'session' in theirs ? { session: theirs.session } : {}
        const manifest = 'manifest' in theirs ? { manifest: theirs.manifest } : {}
        const dropped = () => play.secure().groups.map(({ session }) => session.dropped)
        const [, before] = play.secure().groups
        const lie = { ...mine, ...other, ...manifest } as ClientSecaggMessage
        expect(play.say(one, lie)).toMatchObject({ kind: 'changed', refused: 'dropped' })
        expect(dropped()).toEqual([[{ client: play.memberAt(one).client, reason }], []])
        expect(play.secure().groups[1]).toEqual(before)
        expect(play.say(two, mine)).toMatchObject({ kind: 'changed', refused: 'dropped' })
        expect(dropped()[0]).toHaveLength(1)
        expect(dropped()[1]).toMatchObject([{ client: play.memberAt(two).client }])
        for (let steps = n; steps < 4; steps++) play.everyoneAnswers({ but: [one, two] })
        const survivors = n === 3 ? 4 : 3
        expect(play.round).toMatchObject({ phase: 'aggregating', tally: { received: 2 * survivors } })
      },
    )

    test('and where bounds were moved under it, it is asked nothing and heard in neither', () => {
      const { play, one, mine } = step(1)
      const round = play.secure()
      const { client } = play.memberAt(one)
      const moved = { ...round, bounds: round.bounds.map(() => 'sha256:') }
      expect([groupOf(round, client), groupOf(moved, client)]).toEqual([0, 1])
      play.round = moved
      expect(play.answersTo(one)).toEqual([])
      expect(play.say(one, mine)).toEqual({ kind: 'unchanged' })
      expect(play.secure().groups).toEqual(round.groups)
    })
  })

  test('divides by its own key, which nobody has seen who might choose a client’s place', () => {
    const clients = identities(120).map(({ clientId }) => clientId)
    const other = encodePublicKey(new Uint8Array(32).fill(9))
    const groupsBy = (key: typeof publicKey) => {
      const order = { id: digits3, publicKey: key }
      const { bounds } = divide(order, clients, 4)
      return (client: ClientId) => groupOf({ ...order, bounds }, client)
    }
    const [known, real] = [groupsBy(publicKey), groupsBy(other)]
    const [victim, ...others] = clients
    if (!victim) throw new Error('there are no clients')
    // Enrolled because they would be beside the victim, if places followed from names.
    const chosen = others.filter((client) => known(client) === known(victim))
    expect(chosen.length).toBe(29)
    const beside = chosen.filter((client) => real(client) === real(victim)).length
    // 29 draws of a quarter: 7.25 with a deviation of 2.3.
    expect(beside).toBeLessThan(17)
  })

  test('divides a cohort evenly, otherwise in every round, and tells of each client where it is', () => {
    const clients = identities(29).map(({ clientId }) => clientId)
    const other = RoundId.parse('digits.4')
    const { groups, bounds } = divide({ id: digits3, publicKey }, clients, 4)
    expect(groups.map((group) => group.length)).toEqual([7, 7, 7, 8])
    expect(groups.flat().sort()).toEqual([...clients].sort())
    for (const [index, group] of groups.entries())
      for (const client of group) expect(groupOf({ id: digits3, publicKey, bounds }, client)).toBe(index)
    expect(divide({ id: other, publicKey }, clients, 4).groups).not.toEqual(groups)
  })
})

/** A secure round among so many real clients, with its rows kept as an engine keeps them. */
const aPlay = (count: number, changes: Parameters<typeof aManifest>[1] = {}, groups = 1) => {
  const manifests = Array.from({ length: groups }, (_, group) =>
    aManifest(count, { ...changes, ...(groups > 1 && { group }) }),
  )
  const some = identities(count)
  const { bounds } = divide(
    { id: digits3, publicKey },
    some.map(({ clientId }) => clientId),
    groups,
  )
  const clients = some.map((identity, place) =>
    aSecureClient(
      { identity, place },
      manifests[groupOf({ id: digits3, publicKey, bounds }, identity.clientId)] ?? aManifest(count, changes),
    ),
  )
  const rows = createRows()
  const members = new Map<ClientId, Member>()
  let effects: string[] = []
  const beside = {
    member: (client: ClientId) => members.get(client),
    rows: rowsOver(rows, createRows()),
    means,
  }
  const play = {
    round: aSelecting() as Round,
    at: 5_000,
    memberAt: (n: number): Member => members.get(idAt(n)) ?? aMember('invited', { client: idAt(n) }),
    happen(event: RoundEvent): Decision {
      const decision = transition(play.round, event, policy, beside)
      if (decision.kind !== 'changed') return decision
      // As tables give it back.
      play.round = Round.parse(JSON.parse(JSON.stringify(decision.round)))
      for (const member of decision.members) members.set(member.client, member)
      for (const row of decision.rows ?? []) rows.keep(row)
      effects = decision.effects.map(({ type }) => type)
      return decision
    },
    effects: () => effects,
    /** With the session of its first group. */
    secure(): SecureTraining & Pick<Group, 'session'> {
      const { round } = play
      const [first] = round.phase === 'secure-training' ? round.groups : []
      if (round.phase !== 'secure-training' || !first) throw new Error(`it is ${round.phase}`)
      return { ...round, session: first.session }
    },
    answersTo(n: number): ClientSecaggMessage[] {
      const client = clientAt(n)
      const round = play.secure()
      const group = groupOf(round, client.id)
      const asked = messageFor(groupWith(round, client.id).session, rowsOfGroup(rows, group), client.id)
      return asked ? client.hear(asked) : []
    },
    say(n: number, message: ClientSecaggMessage | { type: 'malformed' }): Decision {
      const member = play.memberAt(n)
      return message.type === 'secagg-masked'
        ? play.happen({ type: 'update-received', member, receipt: aMaskedReceipt(message), at: play.at })
        : play.happen({ type: 'said-in-session', member, message, at: play.at })
    },
    everyoneAnswers({ but = [] }: { but?: readonly number[] } = {}) {
      play.at += 10
      const steps = play.secure().groups.map(({ session }) => session.phase)
      for (const n of clients.keys()) {
        if (but.includes(n)) continue
        if (play.round.phase !== 'secure-training') return
        const group = groupOf(play.round, idAt(n))
        if (play.round.groups[group]?.session.phase !== steps[group]) continue
        for (const message of play.answersTo(n)) play.say(n, message)
      }
    },
    deadline() {
      play.at = deadlineOf(play.round) ?? play.at
      play.happen({ type: 'time-passed', waiting: 0, at: play.at })
    },
  }
  const clientAt = (n: number): SecureClient => {
    const client = clients[n]
    if (!client) throw new Error(`there is no client ${n}`)
    return client
  }
  const idAt = (n: number): ClientId => clientAt(n).id
  play.happen({ type: 'clients-waiting', waiting: 6, at: play.at })
  play.happen({
    type: 'cohort-drawn',
    clients: clients.map(({ id }) => id),
    publicKey,
    secure: manifests.map((each) => ({ manifest: each, seedPart })),
    at: play.at,
  })
  return play
}
