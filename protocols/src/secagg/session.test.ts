import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CoordinatorSecaggMessage } from './messages.ts'
import { aManifest, playSession, type Tamper } from './session.builders.ts'

type Played = ReturnType<typeof playSession>

const STEPS = ['secagg-advertise', 'secagg-share', 'secagg-masked', 'secagg-confirm', 'secagg-unmask']
const TOLD = [
  'secagg-manifest',
  'secagg-roster',
  'secagg-bundles',
  'secagg-survivors',
  'secagg-confirmations',
]
const MISCHIEF = ['twice', 'late', 'overdue', 'corrupt', 'misled'] as const
type Fate = {
  /** The step from which on the client is silent; STEPS.length for never. */
  silentFrom: number
  mischief: 'none' | 'twice' | 'late' | 'overdue' | 'corrupt' | 'misled'
  /** The step that the mischief befalls. */
  step: number
  where: number
}

const fates = (clients: number) =>
  fc.array(
    fc.record({
      silentFrom: fc.oneof(
        { weight: 4, arbitrary: fc.constant(STEPS.length) },
        { weight: 1, arbitrary: fc.nat(STEPS.length - 1) },
      ),
      mischief: fc.oneof(
        { weight: 4, arbitrary: fc.constant('none' as const) },
        { weight: 1, arbitrary: fc.constantFrom(...MISCHIEF) },
      ),
      step: fc.nat(STEPS.length - 1),
      where: fc.nat(10_000),
    }),
    { minLength: clients, maxLength: clients },
  )

/** The message with one character of one of its texts or one digit of a number changed. */
const corrupted = (message: { type: string }, where: number): unknown => {
  const text = JSON.stringify(message)
  const from = text.indexOf('"round"') + 10
  const at = from + (where % (text.length - from - 2))
  const before = text.charAt(at)
  const changed = /[A-Za-z]/.test(before) ? (before === 'A' ? 'B' : 'A') : /[0-9]/.test(before) ? '7' : 'x'
  try {
    return JSON.parse(text.slice(0, at) + changed + text.slice(at + 1))
  } catch {
    return null
  }
}

const tamperBy = (fateOf: (client: string) => Fate, order: readonly number[]): Tamper => {
  let picked = 0
  return {
    up(message, from) {
      const fate = fateOf(from)
      const step = STEPS.indexOf(message.type)
      if (step >= fate.silentFrom) return { now: [] }
      if (step !== fate.step || fate.mischief === 'none') return { now: [message] }
      if (fate.mischief === 'twice') return { now: [message, message] }
      if (fate.mischief === 'late') return { now: [], later: [message] }
      if (fate.mischief === 'overdue') return { now: [], overdue: [message] }
      if (fate.mischief === 'misled') return { now: [message] }
      return { now: [corrupted(message, fate.where)] }
    },
    down(message, to) {
      const { mischief, step, where } = fateOf(to)
      if (mischief !== 'misled' || message.type !== TOLD[step]) return [message]
      const read = CoordinatorSecaggMessage.safeParse(corrupted(message, where))
      return read.success ? [read.data] : []
    },
    pick: (waiting) => (waiting === 0 ? 0 : (order[picked++ % order.length] ?? 0) % waiting),
  }
}

/** What every session must hold to, whatever befell it. */
const expectLawful = ({ server, rows, sum, shown, parties }: Played) => {
  if (server.phase !== 'completed') {
    expect(server.phase).toBe('abandoned')
    expect(sum).toBeUndefined()
  } else {
    const survivors = server.survivors.map((member) => {
      const client = rows.session()?.clients[member]
      return (client && parties.get(client)) || expect.fail('a survivor is not of the roster')
    })
    const who = sum?.segments.who ?? expect.fail('there is no sum')
    const places = survivors.map(({ place }) => place)
    expect([...who.sum].map(Math.round)).toEqual(
      [...who.sum].map((_, place) => (places.includes(place) ? 1 : 0)),
    )
    expect(who.divisor).toBe(survivors.length)
    expect(sum?.examples).toBe(survivors.reduce((total, { examples }) => total + examples, 0))
    const loss = sum?.segments.loss ?? expect.fail('there is no loss')
    expect((loss.sum[0] ?? 0) / loss.divisor).toBeCloseTo(2, 2)
  }
  // No client ever shows two answers, nor both shares of anyone; and nobody's two secrets can be put together.
  const answers = new Map<string, string>()
  const seen = new Map<string, number>()
  const threshold = rows.session()?.threshold ?? 0
  for (const { client, message } of shown) {
    if (message.type !== 'secagg-unmask') continue
    const text = JSON.stringify(message)
    expect(answers.get(client) ?? text).toBe(text)
    if (answers.has(client)) continue
    answers.set(client, text)
    const [seeds, keys] = [message.seeds.members, message.maskKeys.members]
    expect(seeds?.filter((member) => keys?.includes(member))).toEqual([])
    for (const member of seeds ?? []) seen.set(`seed ${member}`, (seen.get(`seed ${member}`) ?? 0) + 1)
    for (const member of keys ?? []) seen.set(`key ${member}`, (seen.get(`key ${member}`) ?? 0) + 1)
  }
  for (const [name, count] of seen)
    if (name.startsWith('seed') && count >= threshold)
      expect(seen.get(name.replace('seed', 'key')) ?? 0).toBeLessThan(threshold)
}

const play = (
  clients: number,
  fate: readonly Fate[],
  order: readonly number[],
  unmasking: 'direct' | 'confirmed',
) => {
  const manifest = aManifest(clients, { unmasking })
  const places = new Map<string, number>()
  const tamper = tamperBy((client) => {
    const place = places.get(client) ?? places.size
    places.set(client, place)
    return fate[place] ?? expect.fail('no fate')
  }, order)
  return {
    ...playSession({ manifest, clients, tamper }),
    fateOf: (client: string) => fate[places.get(client) ?? 0],
  }
}

describe('a session', () => {
  test('[M12] sums exactly the survivors or ends with a reason, whoever drops out, repeats, is late or garbled', () => {
    let completed = 0
    let abandoned = 0
    fc.assert(
      fc.property(
        fc
          .integer({ min: 3, max: 9 })
          .chain((clients) =>
            fc.tuple(
              fc.constant(clients),
              fates(clients),
              fc.array(fc.nat(50), { minLength: 5, maxLength: 20 }),
              fc.constantFrom('direct' as const, 'confirmed' as const),
            ),
          ),
        ([clients, fate, order, unmasking]) => {
          const played = play(clients, fate, order, unmasking)
          expectLawful(played)
          const { server, states, rows } = played
          if (server.phase === 'completed') completed += 1
          else abandoned += 1
          const steady = [...states.keys()].filter((client) => {
            const its = played.fateOf(client)
            return its?.silentFrom === STEPS.length && its.mischief === 'none'
          })
          // Nobody's mischief ends an honest client's session or takes it out of the sum.
          for (const client of steady) expect(states.get(client)?.phase).not.toBe('ended')
          const { threshold = clients } = rows.session() ?? {}
          if (server.phase === 'completed')
            expect(server.dropped.filter(({ client }) => steady.includes(client))).toEqual([])
          if (steady.length >= Math.max(threshold, 2)) expect(server.phase).toBe('completed')
        },
      ),
      { numRuns: 60 },
    )
    expect(completed).toBeGreaterThan(5)
    expect(abandoned).toBeGreaterThan(2)
  })

  test('over a sparse graph of 80 loses some at every step and sums the rest', () => {
    const manifest = aManifest(80, {
      unmasking: 'confirmed',
      graph: { ...aManifest(80).graph, corrupt: 0.05, dropout: 0.2 },
    })
    let seen = 0
    const silent = new Map<string, number>()
    const played = playSession({
      manifest,
      clients: 80,
      tamper: {
        up(message, from) {
          const from_ = silent.get(from) ?? (seen++ % 8 === 0 ? (seen >> 3) % 5 : 9)
          silent.set(from, from_)
          return { now: STEPS.indexOf(message.type) >= from_ ? [] : [message] }
        },
      },
    })
    expect(played.rows.session()?.degree).toBeLessThan(77)
    expect(played.server.phase).toBe('completed')
    expectLawful(played)
  })
})
