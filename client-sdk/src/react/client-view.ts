import type { RoundId } from '@tributary/protocols'
import type { FederatedClient } from '../client.ts'
import type { ClientStatus } from '../client-events.ts'
import type { UsageReport } from '../conditions/politeness.ts'
import type { ConsentState } from '../consent/consent.ts'
import type { TributaryError } from '../tributary-error.ts'

/** What is looked at, of a client for any trainer. */
export type WatchedClient = Pick<FederatedClient, 'state' | 'consent' | 'model' | 'usage' | 'on'>

/** What a page shows of a client. A new object at every change, the same one between them. */
export type ClientView = {
  state: ClientStatus
  /** Undefined until what is kept of it has been read. */
  consent: ConsentState | undefined
  /** Of the newest model that is here. */
  modelVersion: number | undefined
  /** Of the training that is under way. */
  progress: { round: RoundId; fraction: number; loss?: number } | undefined
  /** What the device has used; undefined until it is known, and for a client without `conditions`. */
  usage: UsageReport | undefined
  /** The last thing that went wrong, until a round succeeds. */
  error: TributaryError | undefined
}

/** What is shown before anything is known: on a server, and while a page takes over what a server has rendered. */
export const NOTHING_KNOWN: ClientView = {
  state: { is: 'idle' },
  consent: undefined,
  modelVersion: undefined,
  progress: undefined,
  usage: undefined,
  error: undefined,
}

export type ViewStore = {
  /** Looks at the client while anybody listens. */
  subscribe(listener: () => void): () => void
  view(): ClientView
}

/** Follows a client as React's `useSyncExternalStore` wants it. */
export const createViewStore = (client: WatchedClient): ViewStore => {
  let view: ClientView = { ...NOTHING_KNOWN, state: client.state, modelVersion: client.model?.version }
  let stop: (() => void) | undefined
  const listeners = new Set<() => void>()

  const show = (change: Partial<ClientView>) => {
    view = { ...view, ...change }
    for (const listener of [...listeners]) listener()
  }

  const look = (): (() => void) => {
    let looking = true
    const whileLooking =
      <Value>(told: (value: Value) => void) =>
      (value: Value) => {
        if (looking) told(value)
      }
    const failed = whileLooking((error: TributaryError) => show({ error }))
    const readUsage = () => {
      client.usage().then(
        whileLooking((usage) => usage && show({ usage })),
        failed,
      )
    }
    const ends = [
      client.on('state', (state) => show({ state })),
      client.on('model', ({ version }) => show({ modelVersion: version })),
      client.on('progress', (progress) => show({ progress })),
      client.on('submitted', () => {
        show({ error: undefined, progress: undefined })
        readUsage()
      }),
      client.on('failed', () => show({ progress: undefined })),
      client.on('round-ended', () => {
        show({ progress: undefined })
        readUsage()
      }),
      client.on('error', (error) => show({ error })),
      client.consent.on((consent) => show({ consent })),
      () => {
        looking = false
      },
    ]
    show({ state: client.state, modelVersion: client.model?.version, progress: undefined })
    client.consent.whenRead().then(
      whileLooking((consent) => show({ consent })),
      failed,
    )
    readUsage()
    return () => {
      for (const end of ends) end()
    }
  }

  return {
    subscribe(listener) {
      listeners.add(listener)
      stop ??= look()
      return () => {
        listeners.delete(listener)
        if (listeners.size > 0) return
        stop?.()
        stop = undefined
      }
    },
    view: () => view,
  }
}
