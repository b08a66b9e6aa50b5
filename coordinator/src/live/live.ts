import type { ClientId, RoundId } from '@tributary/protocols'
import type { FleetView, LiveEvent } from '@tributary/protocols/rest'
import type { Clock } from '@tributary/protocols/runtime'
import type { Change, Store } from '../ports/store.ts'
import { isAwaited, type Member } from '../round/member.ts'
import { type Round, takesUpdates } from '../round/round.ts'
import { auditHead } from './audit-head.ts'
import { createForPeers, NO_PEERS, type PeerSignal } from './for-peers.ts'
import { changesAccess, createNames, type Hint, hintOf } from './hint.ts'
import { addChange, addHint, addProgress, eventsOf, type NewsTables, noNews } from './news.ts'
import { createProgressRecord, type Progress } from './progress.ts'
import { createPulse } from './pulse.ts'

/** Somebody who watches. Neither may throw or take long. */
export type Watcher = {
  hear(event: LiveEvent): void
  /** What operators may do has changed. */
  accessChanged(): void
}

/**
 * What goes on, for whoever watches. Rooms tell what has happened and wait for nobody; watchers are told of it in the newest state, so often that
 * a browser can show it. What is told is a hint: the tables are the truth (decision 23).
 */
export type Live = {
  /** The watcher is told from now on; the answer ends that. */
  watch(watcher: Watcher): () => void
  /** These changes are durable. */
  committed(changes: readonly Change[]): void
  /** These could not be saved, and may be there all the same. */
  doubtful(changes: readonly Change[]): void
  /** A client has come on a line of this process or left it. */
  moved(client: ClientId): void
  /** Clients are checked in for other tasks, or on lines of other processes. */
  counted(): void
  /** How far a member of a round says that its training has come. */
  progressed(round: Round, member: Member, progress: Progress): void
  /** What members last said of their training, on lines of this process. */
  progressOf(round: RoundId): ReadonlyMap<ClientId, Progress>
  /** Another process watches, or tells what has changed. */
  hear(signal: PeerSignal): void
  stop(): Promise<void>
}

type Needs = {
  /** Counts time that passes. */
  clock: Clock
  store: NewsTables & Pick<Store, 'audit'>
  fleet(): Promise<FleetView>
  /** To the other processes of this coordinator, where there may be any. */
  tell: ((signal: PeerSignal) => void) | undefined
  fault(error: unknown): void
}

/** A round changes in a browser ten times a second at most, counts of the fleet once. */
const NEWS_MS = 100
const COUNTS_MS = 1_000
const MOST_CLIENTS = 200

export const createLive = (needs: Needs): Live => {
  const { clock, store, fault } = needs
  const watchers = new Set<Watcher>()
  const progress = createProgressRecord()
  const peers = needs.tell ? createForPeers({ clock, tell: needs.tell, fault }) : NO_PEERS
  const clients = createNames(MOST_CLIENTS)
  let news = noNews()
  let auditGrew = false
  let head = 0
  let lastFleet = ''

  /** Nobody is stopped by whoever is told. */
  const guarded =
    <Told extends unknown[]>(work: (...told: Told) => void) =>
    (...told: Told): void => {
      try {
        work(...told)
      } catch (error) {
        fault(error)
      }
    }

  const tell = (event: LiveEvent) => {
    for (const { hear } of watchers) guarded(hear)(event)
  }
  const newsPulse = createPulse({
    clock,
    everyMs: NEWS_MS,
    fault,
    async beat() {
      const told = news
      news = noNews()
      for await (const event of eventsOf(told, { store, progressOf: progress.of })) tell(event)
    },
  })
  const countsPulse = createPulse({
    clock,
    everyMs: COUNTS_MS,
    fault,
    async beat() {
      if (watchers.size === 0) return
      if (clients.size() > 0) tell({ type: 'clients', ...clients.take() })
      await tellFleet()
      if (auditGrew) await tellAudit()
    },
  })
  const tellFleet = async () => {
    const fleet = await needs.fleet()
    const now = JSON.stringify(fleet)
    if (now !== lastFleet) tell({ type: 'fleet', fleet })
    lastFleet = now
  }
  const tellAudit = async () => {
    auditGrew = false
    head = await auditHead(store, head)
    tell({ type: 'audit', sequence: head })
  }
  const accessChanged = () => {
    for (const watcher of watchers) guarded(watcher.accessChanged)()
  }

  const heard = (hint: Hint) => {
    if (watchers.size === 0) return
    addHint(news, hint)
    for (const client of hint.clients) clients.add(client)
    clients.addMore(hint.more)
    auditGrew ||= hint.audit
    if (hint.access) accessChanged()
    newsPulse.soon()
    countsPulse.soon()
  }

  const inform = (changes: readonly Change[]) => {
    for (const change of changes) {
      addChange(news, change)
      if (change.kind === 'insert-client' || change.kind === 'save-client') clients.add(change.client.id)
      if (change.kind === 'append-audit') auditGrew = true
      if (changesAccess(change)) accessChanged()
    }
    newsPulse.soon()
    countsPulse.soon()
  }

  return {
    watch(watcher) {
      watchers.add(watcher)
      peers.watching()
      return () => {
        watchers.delete(watcher)
        if (watchers.size > 0) return
        peers.notWatching()
        news = noNews()
        clients.take()
        lastFleet = ''
      }
    },
    committed: guarded((changes) => {
      for (const change of changes)
        if (change.kind === 'save-round' && !takesUpdates(change.round)) progress.forget(change.round.id)
      if (watchers.size > 0) inform(changes)
      peers.committed(changes)
    }),
    doubtful: guarded((changes) => heard(hintOf(changes))),
    moved: guarded((client) => {
      peers.moved(client)
      if (watchers.size === 0) return
      clients.add(client)
      countsPulse.soon()
    }),
    counted() {
      if (watchers.size > 0) countsPulse.soon()
    },
    progressed: guarded((round, member, said) => {
      if (!takesUpdates(round) || !isAwaited(member)) return
      const { fraction, at } = said
      const kept = isPrivate(round) ? { fraction, at } : said
      progress.put(round.id, member.client, kept)
      if (watchers.size === 0) return
      addProgress(news, round.id, member.client, kept)
      newsPulse.soon()
    }),
    progressOf: progress.of,
    hear: guarded((signal) => {
      if (signal.type === 'watching') peers.othersWatch()
      else heard(signal.hint)
    }),
    async stop() {
      await Promise.all([newsPulse.stop(), countsPulse.stop(), peers.stop()])
    },
  }
}

/** Whether nobody is to learn what one client measured: only what is summed, or under noise. */
const isPrivate = (round: Round): boolean => round.phase === 'secure-training' || round.privacy !== undefined
