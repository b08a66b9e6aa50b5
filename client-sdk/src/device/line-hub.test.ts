import { roundId, TaskId } from '@tributary/protocols'
import { encodeNonce } from '@tributary/protocols/crypto'
import { ClientMessage, CoordinatorMessage } from '@tributary/protocols/messages'
import { type Channel, memoryChannel, seededRandom, virtualClock } from '@tributary/protocols/runtime'
import { describe, expect, test } from 'vitest'
import { SPENT_LINE } from '../participation/index.ts'
import { createLineHub } from './line-hub.ts'

const [digits, letters] = [TaskId.parse('digits'), TaskId.parse('letters')]
const client = `c-${'0'.repeat(32)}`
const challenge = {
  type: 'challenge',
  coordinator: 'a coordinator',
  nonce: encodeNonce(new Uint8Array(32)),
  protocols: [1],
}
const session = (n: number) => ({ token: `session-number-${n}`, expiresAt: 9_000_000 })
const welcome = { type: 'welcome', client, protocol: 1, session: session(1), now: 500 }
const signature = 'A'.repeat(86)
const blob = { digest: `sha256:${'0'.repeat(64)}`, bytes: 8 }

/** A hub, and the other ends of the lines that it has opened. */
const aHub = () => {
  const clock = virtualClock(1_000)
  const lines: { end: Channel<CoordinatorMessage, ClientMessage>; heard: unknown[]; closed: string[] }[] = []
  const hub = createLineHub({
    clock,
    connect() {
      const { left, right } = memoryChannel(
        { clock, latencyMs: () => 5 },
        { toLeft: CoordinatorMessage, toRight: ClientMessage },
      )
      const line = { end: right, heard: [] as unknown[], closed: [] as string[] }
      right.listen({
        message: (message) => line.heard.push(message),
        closed: (reason) => line.closed.push(reason),
      })
      lines.push(line)
      return left
    },
  })
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) {
      await Promise.resolve()
      clock.step()
    }
  }
  return {
    clock,
    lines,
    settle,
    say(message: unknown, line = lines.length - 1) {
      lines[line]?.end.send(CoordinatorMessage.parse(message))
      return settle()
    },
    /** A task's own end, and all that it hears. It answers a challenge as participants do. */
    branch(task: TaskId) {
      const line = hub.connect(task)
      const heard: CoordinatorMessage[] = []
      const closed: string[] = []
      line.listen({
        message(message) {
          heard.push(message)
          if (message.type === 'challenge')
            line.send(ClientMessage.parse({ type: 'authenticate', client, protocol: 1, signature }))
        },
        closed: (reason) => closed.push(reason),
      })
      return { line, heard, closed, types: () => heard.map(({ type }) => type) }
    },
  }
}

const welcomed = async (...tasks: TaskId[]) => {
  const hub = aHub()
  const branches = tasks.map(hub.branch)
  await hub.say(challenge)
  await hub.say(welcome)
  for (const { heard } of branches) heard.length = 0
  const [one, two] = branches
  if (!one || !two) throw new Error('two tasks')
  return { ...hub, one, two }
}

describe('[L6] several tasks on one line', () => {
  test('authenticate once, whoever is challenged with whom', async () => {
    const { lines, say, branch, settle } = aHub()
    const [one, two] = [branch(digits), branch(letters)]
    await say(challenge)
    await say(welcome)
    expect(lines).toHaveLength(1)
    expect(lines[0]?.heard).toEqual([{ type: 'authenticate', client, protocol: 1, signature }])
    for (const { types } of [one, two]) expect(types()).toEqual(['challenge', 'welcome'])
    await settle()
  })

  test('one that comes later hears challenge and welcome again, by the time that has passed and with the newest session', async () => {
    const { lines, say, branch, settle, clock } = aHub()
    branch(digits)
    await say(challenge)
    await say(welcome)
    await say({
      type: 'model-published',
      task: digits,
      model: { version: 1, ...blob },
      assignment: blob,
      session: session(2),
    })
    const heardAt = clock.now()
    clock.wakeAt(heardAt + 60_000, () => {})
    await settle()
    const late = branch(letters)
    await settle()
    expect(late.types()).toEqual(['challenge', 'welcome'])
    expect(late.heard[1]).toMatchObject({ session: session(2) })
    const { now = 0 } = late.heard[1] as { now?: number }
    expect(now).toBeGreaterThanOrEqual(500 + 60_000)
    expect(lines[0]?.heard).toHaveLength(1)
  })

  test('what comes goes to the task that it is of, by task, by round and by what a refusal is about', async () => {
    const { say, one, two } = await welcomed(digits, letters)
    await say({ type: 'standby', task: digits })
    await say({ type: 'come-back', task: letters, afterMs: 1_000, reason: 'no-round-due' })
    await say({ type: 'round-ended', round: roundId(digits, 1), outcome: { kind: 'closed' } })
    await say({ type: 'refused', of: 'check-in', reason: 'unknown-task', about: 'letters' })
    await say({ type: 'refused', of: 'accept', reason: 'round-over', about: 'digits.1' })
    await say({ type: 'standby', task: 'nobody-s' })
    expect(one.types()).toEqual(['standby', 'round-ended', 'refused'])
    expect(two.types()).toEqual(['come-back', 'refused'])
  })

  test('a refusal of the line itself is for all of them', async () => {
    const { say, one, two } = await welcomed(digits, letters)
    await say({ type: 'refused', of: 'line', reason: 'replaced' })
    expect([one.types(), two.types()]).toEqual([['refused'], ['refused']])
  })

  test('one leaves and the line stays for the other; with the last it ends', async () => {
    const { lines, say, settle, one, two } = await welcomed(digits, letters)
    one.line.send({ type: 'leave', task: digits })
    one.line.close()
    await settle()
    await say({ type: 'standby', task: letters })
    await say({ type: 'standby', task: digits })
    expect([one.types(), two.types(), lines[0]?.closed]).toEqual([[], ['standby'], []])
    two.line.send({ type: 'leave', task: letters })
    two.line.close()
    await settle()
    expect(lines[0]?.heard.slice(1)).toEqual([
      { type: 'leave', task: digits },
      { type: 'leave', task: letters },
    ])
    expect(lines[0]?.closed).toHaveLength(1)
  })

  test('the line that one has no more use for is ended for all, and the next is another', async () => {
    const { lines, settle, branch, one, two } = await welcomed(digits, letters)
    one.line.close(SPENT_LINE)
    await settle()
    expect([one.closed, two.closed, lines[0]?.closed.length]).toEqual([[SPENT_LINE], [SPENT_LINE], 1])
    branch(digits)
    branch(letters)
    await settle()
    expect(lines).toHaveLength(2)
  })

  test('a line that is lost is lost to all, and what is said on it goes nowhere', async () => {
    const { lines, settle, one, two } = await welcomed(digits, letters)
    lines[0]?.end.close('restart')
    await settle()
    expect([one.closed.length, two.closed.length]).toEqual([1, 1])
    one.line.send({ type: 'leave', task: digits })
    one.line.close()
    await settle()
    expect([one.closed.length, lines.length]).toEqual([1, 1])
  })

  test('a task has one end of it', async () => {
    const { branch } = aHub()
    branch(digits)
    expect(() => branch(digits)).toThrow('already')
  })

  test('any order of coming, leaving and losing the line keeps one line at most, and none once nobody is there', async () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = seededRandom(`hub ${seed}`)
      const { lines, settle, branch, say } = aHub()
      const there = new Map<TaskId, ReturnType<typeof branch>>()
      for (let act = 0; act < 30; act++) {
        const [kind = 0, which = 0] = random.bytes(2)
        const task = which % 2 === 0 ? digits : letters
        const mine = there.get(task)
        if (mine && mine.closed.length > 0) there.delete(task)
        if (kind % 4 === 0 && !there.has(task)) there.set(task, branch(task))
        if (kind % 4 === 1) {
          there.get(task)?.line.close(kind % 8 < 4 ? undefined : SPENT_LINE)
          there.delete(task)
        }
        if (kind % 4 === 2) await say(which % 3 === 0 ? challenge : welcome)
        if (kind % 16 === 3) lines.at(-1)?.end.close('cut')
        await settle()
        const open = lines.filter(({ closed }) => closed.length === 0)
        const present = [...there.values()].filter(({ closed }) => closed.length === 0)
        expect([seed, act, open.length]).toEqual([seed, act, present.length > 0 ? 1 : 0])
      }
    }
  })
})
