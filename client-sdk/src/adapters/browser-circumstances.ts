/** What a page, or a worker of one, can tell of its device. What a browser does not have, it does not know. */
import '../participation/lazily.ts'
import type { Instant } from '@tributary/protocols'
import type { Clock } from '@tributary/protocols/runtime'
import type { Circumstances, Known } from '../ports/circumstances.ts'
import { watchMachine } from './idle-detector.ts'

/** Battery Status API (W3C); Chromium has it, in pages alone. */
type Battery = EventTarget & { charging: boolean; level: number }
/** Network Information API (WICG); Chromium has it, `type` on phones alone. */
type Connection = EventTarget & { saveData?: boolean; type?: string; metered?: boolean }
type Platform = Navigator & { getBattery?(): Promise<Battery>; connection?: Connection }

/** Scrolling is not among them: pages scroll by themselves. */
const TOUCHES = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const

/** A user who moves the pointer is not told of more often. */
const TOUCH_TOLD_EVERY_MS = 1_000

/** Resolves when what the platform answers later is there as well. */
export const browserCircumstances = async ({ now }: Pick<Clock, 'now'>): Promise<Circumstances> => {
  const platform: Platform = navigator
  const page = typeof document === 'undefined' ? undefined : document
  const battery = await platform.getBattery?.().catch(() => undefined)
  const { connection } = platform
  // Whoever opens the page has touched it.
  let touchedAt: Instant = now()
  let machineTouch: Known['lastTouch']
  /** A network that is gone for a moment is still the same. */
  let network = networkOf(connection)

  return {
    known: () => ({
      lastTouch: machineTouch ?? (page ? touchedAt : undefined),
      page: page?.visibilityState,
      charging: battery?.charging,
      battery: battery?.level,
      network,
      dataSaver: connection?.saveData === undefined ? undefined : connection.saveData ? 'on' : 'off',
      online: platform.onLine,
    }),
    watch(changed) {
      const watching = new AbortController()
      const { signal } = watching
      const listen = (
        target: EventTarget | undefined,
        names: readonly string[],
        heard: (event: Event) => void = changed,
      ) => {
        for (const name of names)
          target?.addEventListener(name, heard, { signal, passive: true, capture: true })
      }
      let toldAt = Number.NEGATIVE_INFINITY
      touchedAt = now()
      machineTouch = undefined
      if (page)
        listen(globalThis, TOUCHES, ({ isTrusted }) => {
          // A script is nobody.
          if (!isTrusted) return
          touchedAt = now()
          if (Math.abs(touchedAt - toldAt) < TOUCH_TOLD_EVERY_MS) return
          toldAt = touchedAt
          changed()
        })
      listen(page, ['visibilitychange'])
      listen(battery, ['chargingchange', 'levelchange'])
      listen(connection, ['change'], () => {
        network =
          networkOf(connection) ?? (platform.onLine && connection?.type !== 'none' ? undefined : network)
        changed()
      })
      listen(globalThis, ['online', 'offline'])
      if (page)
        void watchMachine({ now, signal }, (lastTouch) => {
          machineTouch = lastTouch
          changed()
        })
      return () => watching.abort()
    },
  }
}

/** A wireless network at home and one that somebody's phone makes look the same; the platform counts both as Wi-Fi. */
const networkOf = (connection: Connection | undefined): Known['network'] => {
  if (typeof connection?.metered === 'boolean') return connection.metered ? 'metered' : 'unmetered'
  switch (connection?.type) {
    case 'wifi':
    case 'ethernet':
      return 'unmetered'
    case 'cellular':
    case 'bluetooth':
    case 'wimax':
      return 'metered'
    default:
      return undefined
  }
}
