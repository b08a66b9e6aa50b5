import type { ClientId, TaskId } from '@tributary/protocols'
import type { Cancel, Clock } from '@tributary/protocols/runtime'
import type { Signals } from '../ports/signals.ts'
import { createElsewhere, type Elsewhere } from './elsewhere.ts'
import { Letter, type ReplicaId, type Signal, type Whereabouts } from './signal.ts'

/** Signals that say where clients are; the rest is somebody else's to hear. */
type Placing = Extract<Signal, { type: 'moved' | 'roll' }>
type Keeping = Placing | Extract<Signal, { type: 'alive' | 'lines' | 'leaving' | 'ask-roll' }>
export type Heard = Exclude<Signal, Keeping>

export type Peers = Pick<Elsewhere, 'waiting' | 'count' | 'clients' | 'tasksOf'> & {
  /** To every other process, with whatever else is said in the next two milliseconds. */
  tell(signal: Heard): void
  /** A client of this process's lines has checked in or out, or is gone. */
  moved(whereabouts: Whereabouts): void
  /** How many other processes are there. */
  alive(): number
  /** How many clients are on their lines, as they last said. */
  lines(): number
  start(): void
  /** Takes leave. */
  stop(): void
}

/** Of a process that is the only one. */
export const nobody: Peers = {
  waiting: () => [],
  count: () => 0,
  clients: () => [],
  tasksOf: () => [],
  tell() {},
  moved() {},
  alive: () => 0,
  lines: () => 0,
  start() {},
  stop() {},
}

type Needs = {
  replica: ReplicaId
  clock: Clock
  signals: Pick<Signals, 'send' | 'listen'>
  /** Everyone on the lines of this process who is checked in. */
  roll(): Whereabouts[]
  /** How many lines there are in all. */
  lines(): number
  hear(signal: Heard, from: ReplicaId): void
  /** Clients have checked in for the task elsewhere. */
  arrived(task: TaskId): void
  /** Clients have come, gone or moved elsewhere. */
  moved(): void
  /** Letters of a peer were lost, or it died: what they told, or it was about to, has to be looked up. */
  missed(): void
  fault(error: unknown): void
}

const GATHER_MS = 2
/** The payload of a PostgreSQL notification ends at 8,000 bytes; what is longer takes a detour over a table. */
const LETTER_CHARS = 7_000
const PLACES_A_LETTER = 60
const BEAT_MS = 1_000
const SILENT_BEATS = 6
/** How many lines there are is said when it has changed, and every so often to those who have missed it. */
const LINES_BEATS = 5
/** Letters kept of a peer whose roll is awaited; beyond that it is asked again. */
const MOST_KEPT = 10_000

/**
 * `behind`: the last letter that was missed, and what came after it, by number. Only a roll no older than that letter
 * will do.
 */
type Behind = { missed: number; kept: Map<number, Letter> }
type Peer = {
  last: number
  lines: number
  behind: Behind | undefined
  /** The beats at which it was last heard, and last asked for its roll. */
  heardAt: number
  askedAt: number
}

/**
 * What this process knows of the others. Each numbers its letters; who misses one asks for the roll, and keeps what
 * comes meanwhile to be applied on top of it. A peer that is silent for six seconds is taken for dead. What answers a
 * loss is said once a beat at most: where letters overtake each other, every answer makes others seem lost. Beats are
 * counted, so that a clock which is set does not matter.
 */
export const createPeers = (needs: Needs): Peers => {
  const { replica, clock, signals } = needs
  const elsewhere = createElsewhere()
  const peers = new Map<ReplicaId, Peer>()
  let number = 0
  let beats = 0
  let sentAt = -1
  let rolledAt = -1
  let toldAt = -1
  let toldLines = 0
  let missed = false
  let outgoing: Signal[] = []
  const moved = new Map<ClientId, Whereabouts>()
  let rollAsked = false
  let cancelFlush: Cancel | undefined
  let cancelBeat: Cancel = () => {}
  let stopped = false

  const post = (letter: readonly Signal[]) => {
    sentAt = beats
    signals.send({ from: replica, number: ++number, signals: letter } satisfies Omit<Letter, 'signals'> & {
      signals: readonly Signal[]
    })
  }
  const flush = () => {
    cancelFlush?.()
    cancelFlush = undefined
    const places = [...moved.values()]
    moved.clear()
    if (places.length > 0) for (const clients of inPieces(places)) outgoing.push({ type: 'moved', clients })
    for (const letter of packed(outgoing)) post(letter)
    outgoing = []
    if (!rollAsked || rolledAt === beats) return
    rollAsked = false
    rolledAt = beats
    const parts = inPieces(needs.roll())
    parts.forEach((clients, part) => void post([{ type: 'roll', clients, part, of: parts.length }]))
  }
  const flushSoon = () => {
    if (!stopped) cancelFlush ??= clock.wakeAt(clock.now() + GATHER_MS, flush)
  }
  const say = (signal: Signal) => {
    outgoing.push(signal)
    flushSoon()
  }

  const beat = () => {
    if (needs.lines() !== toldLines || (toldLines > 0 && beats % LINES_BEATS === 0)) sayLines()
    else if (sentAt !== beats) say({ type: 'alive' })
    beats++
    for (const [id, peer] of peers) {
      if (beats - peer.heardAt > SILENT_BEATS) mourn(id)
      else if (peer.behind) askForRoll(id, peer)
    }
    if (rollAsked) flushSoon()
    if (missed) tellMissed()
    cancelBeat = clock.wakeAt(clock.now() + BEAT_MS, beat)
  }
  const sayLines = () => {
    toldLines = needs.lines()
    say({ type: 'lines', lines: toldLines })
  }
  const tellMissed = () => {
    missed = toldAt === beats
    if (missed) return
    toldAt = beats
    needs.missed()
  }
  const askForRoll = (id: ReplicaId, peer: Peer) => {
    if (peer.askedAt === beats) return
    peer.askedAt = beats
    say({ type: 'ask-roll', to: id })
  }
  /** What it saved last it may have told nobody. */
  const mourn = (id: ReplicaId) => {
    forget(id)
    missed = true
  }
  const forget = (id: ReplicaId) => {
    peers.delete(id)
    elsewhere.forget(id)
    needs.moved()
  }

  const arrive = (raw: unknown) => {
    const parsed = Letter.safeParse(raw)
    if (!parsed.success)
      return needs.fault(new Error('a signal of another process is malformed', { cause: parsed.error }))
    if (parsed.data.from !== replica && !stopped) read(parsed.data)
  }

  const read = (letter: Letter) => {
    if (letter.number === 1 && peers.has(letter.from)) {
      mourn(letter.from) // it has started again
      tellMissed()
    }
    const peer = peers.get(letter.from) ?? acquaint(letter)
    peer.heardAt = beats
    if (letter.number > peer.last + 1) {
      fallBehind(letter.from, peer, letter.number - 1)
      tellMissed()
    }
    if (letter.number > peer.last || peer.behind) keepTrack(letter, peer)
    if (letter.signals.some(isPlacing)) needs.moved()
    peer.last = Math.max(peer.last, letter.number)
    for (const signal of letter.signals) if (!isPlacing(signal)) hear(signal, letter.from)
  }

  /** Whoever is new gets our roll; whoever was there before us is asked for its own. */
  const acquaint = ({ from, number }: Letter): Peer => {
    const peer: Peer = { last: number - 1, lines: 0, behind: undefined, heardAt: beats, askedAt: -1 }
    peers.set(from, peer)
    if (number > 1) fallBehind(from, peer, number - 1)
    rollAsked = true
    flushSoon()
    return peer
  }
  const fallBehind = (id: ReplicaId, peer: Peer, missed: number) => {
    peer.behind = { missed, kept: new Map() }
    askForRoll(id, peer)
  }

  const keepTrack = (letter: Letter, peer: Peer) => {
    const { behind } = peer
    if (!behind) return follow(letter)
    if (behind.kept.size >= MOST_KEPT) return fallBehind(letter.from, peer, letter.number)
    behind.kept.set(letter.number, letter)
    const roll = wholeRoll(letter, behind)
    if (!roll) return
    peer.behind = undefined
    arrivedAt(elsewhere.replace(letter.from, roll.clients))
    const later = [...behind.kept.values()].filter(({ number }) => number >= roll.end)
    for (const kept of later.toSorted((a, b) => a.number - b.number)) follow(kept)
  }
  /** Whoever is not behind knows what is in a roll. */
  const follow = ({ from, signals }: Letter) => {
    for (const signal of signals) if (signal.type === 'moved') place(from, signal.clients)
  }
  const place = (id: ReplicaId, clients: readonly Whereabouts[]) =>
    arrivedAt([...new Set(clients.flatMap((whereabouts) => elsewhere.place(id, whereabouts)))])
  const arrivedAt = (tasks: readonly TaskId[]) => {
    for (const task of tasks) needs.arrived(task)
  }

  const hear = (signal: Exclude<Signal, Placing>, from: ReplicaId) => {
    switch (signal.type) {
      case 'alive':
        return
      case 'lines': {
        const peer = peers.get(from)
        if (peer) peer.lines = signal.lines
        return needs.moved()
      }
      case 'leaving':
        return forget(from)
      case 'ask-roll':
        if (signal.to !== replica) return
        rollAsked = true
        return flushSoon()
      default:
        return needs.hear(signal, from)
    }
  }

  return {
    waiting: elsewhere.waiting,
    count: elsewhere.count,
    clients: elsewhere.clients,
    tasksOf: elsewhere.tasksOf,
    tell: say,
    moved(whereabouts) {
      moved.set(whereabouts.client, whereabouts)
      flushSoon()
    },
    alive: () => peers.size,
    lines: () => [...peers.values()].reduce((sum, { lines }) => sum + lines, 0),
    start() {
      signals.listen(arrive)
      beat()
    },
    stop() {
      if (stopped) return
      say({ type: 'leaving' })
      flush()
      stopped = true
      cancelBeat()
    },
  }
}

/** The roll that this letter makes whole, and the number of the letter behind its last part. */
const wholeRoll = (letter: Letter, { missed, kept }: Behind) => {
  const found = rollIn(letter)
  if (!found) return undefined
  const start = letter.number - found.part
  if (start < missed || kept.size < found.of) return undefined
  const parts = Array.from({ length: found.of }, (_, part) => rollIn(kept.get(start + part)))
  if (parts.some((part) => part === undefined)) return undefined
  return { clients: parts.flatMap((part) => part?.clients ?? []), end: start + found.of }
}

const rollIn = (letter: Letter | undefined) => letter?.signals.find((signal) => signal.type === 'roll')

/** In pieces that fit a letter; one piece at least. */
const inPieces = (clients: readonly Whereabouts[]): Whereabouts[][] =>
  Array.from({ length: Math.max(1, Math.ceil(clients.length / PLACES_A_LETTER)) }, (_, i) =>
    clients.slice(i * PLACES_A_LETTER, (i + 1) * PLACES_A_LETTER),
  )

const isPlacing = (signal: Signal): signal is Placing => signal.type === 'moved' || signal.type === 'roll'

/** Signals in letters of a size that travels fast; one that is longer travels alone. */
const packed = (signals: readonly Signal[]): Signal[][] => {
  const letters: Signal[][] = []
  let room = 0
  for (const signal of signals) {
    const chars = JSON.stringify(signal).length + 1
    if (chars > room) {
      letters.push([])
      room = LETTER_CHARS
    }
    letters.at(-1)?.push(signal)
    room -= chars
  }
  return letters
}
