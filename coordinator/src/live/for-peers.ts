import type { ClientId } from '@tributary/protocols'
import type { Cancel, Clock } from '@tributary/protocols/runtime'
import type { Change } from '../ports/store.ts'
import { createHints, type Hint } from './hint.ts'
import { createPulse } from './pulse.ts'

/** `watching`: somebody watches at the sender, and wants to hear of what this process does. */
export type PeerSignal = { type: 'watching' } | { type: 'changed'; hint: Hint }

export type ForPeers = {
  /** Somebody watches here: the other processes are asked to say what they do, for as long as anybody does. */
  watching(): void
  notWatching(): void
  othersWatch(): void
  committed(changes: readonly Change[]): void
  moved(client: ClientId): void
  stop(): Promise<void>
}

/** Of a process that is the only one. */
export const NO_PEERS: ForPeers = {
  watching() {},
  notWatching() {},
  othersWatch() {},
  committed() {},
  moved() {},
  async stop() {},
}

/** Two hints a second, whatever happens here. */
const HINT_MS = 500
const ASK_EVERY_MS = 5_000
/** Whoever was not asked for that long is watched from nowhere else: two questions may be lost. */
const WATCHED_MS = 17_000

/** Between the processes of one coordinator: what each watches of the others. */
export const createForPeers = ({
  clock,
  tell,
  fault,
}: {
  clock: Clock
  tell(signal: PeerSignal): void
  fault(error: unknown): void
}): ForPeers => {
  const hints = createHints()
  let watchedUntil = -Infinity
  let asking = false
  let cancelAsk: Cancel = () => {}
  let stopped = false

  const pulse = createPulse({
    clock,
    everyMs: HINT_MS,
    fault,
    async beat() {
      if (hints.isEmpty()) return
      tell({ type: 'changed', hint: hints.take() })
      if (!hints.isEmpty()) pulse.soon()
    },
  })
  const isWatched = () => clock.now() < watchedUntil

  const ask = () => {
    tell({ type: 'watching' })
    cancelAsk = clock.wakeAt(clock.now() + ASK_EVERY_MS, ask)
  }
  const notWatching = () => {
    asking = false
    cancelAsk()
  }

  return {
    watching() {
      if (asking || stopped) return
      asking = true
      ask()
    },
    notWatching,
    othersWatch() {
      watchedUntil = clock.now() + WATCHED_MS
    },
    committed(changes) {
      if (!isWatched()) return
      for (const change of changes) hints.add(change)
      if (!hints.isEmpty()) pulse.soon()
    },
    moved(client) {
      if (!isWatched()) return
      hints.addClient(client)
      pulse.soon()
    },
    stop() {
      stopped = true
      notWatching()
      return pulse.stop()
    },
  }
}
