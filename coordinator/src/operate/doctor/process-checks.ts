/** The program itself: its runtime, its native parts, its clocks, its settings. */
import { unreachable } from '@tributary/protocols'
import type { Clock } from '@tributary/protocols/runtime'
import type { Config } from '../../config.ts'
import { type Check, fail, ok, warn } from './finding.ts'

const NEEDED_NODE = 24

export const nodeCheck = (version: string): Check => ({
  name: 'node',
  run: async () => [
    Number.parseInt(version, 10) >= NEEDED_NODE
      ? ok('node', `Node ${version}`)
      : fail('node', `Node ${version}`, `install Node ${NEEDED_NODE} or newer: the tables need its SQLite`),
  ],
})

/** `loaded`: whether the optional native module of each name is there. */
export const nativesCheck = (loaded: Readonly<Record<string, boolean>>): Check => ({
  name: 'natives',
  run: async () =>
    Object.entries(loaded).map(([name, there]) =>
      there
        ? ok('natives', `${name} is loaded`)
        : warn('natives', `${name} is not there: slower, and right all the same`, `npm install ${name}`),
    ),
})

const OLDEST = Date.UTC(2025, 0)
const LATEST = Date.UTC(2100, 0)
const WATCHED_MS = 100

/** A wall clock that is years off, or goes at another pace than the monotonic one, moves deadlines. */
export const clockCheck = (clock: Pick<Clock, 'now' | 'wakeAt'>, monotonicMs: () => number): Check => ({
  name: 'clock',
  async run() {
    const now = clock.now()
    const shown = new Date(now).toISOString()
    if (now < OLDEST || now > LATEST)
      return [fail('clock', `it is ${shown} here`, 'set the clock: deadlines and token expiry go by it')]
    const from = monotonicMs()
    await new Promise<void>((resolve) => clock.wakeAt(now + WATCHED_MS, resolve))
    const apart = Math.abs(clock.now() - now - (monotonicMs() - from))
    return [
      apart < WATCHED_MS
        ? ok('clock', `it is ${shown} here`)
        : warn(
            'clock',
            `the clock was set by ${Math.round(apart)} ms meanwhile`,
            'let NTP slew it, not step it',
          ),
    ]
  },
})

export const settingsCheck = (config: Config): Check => ({
  name: 'settings',
  async run() {
    const { database, blobs } = config
    const tables = database.kind === 'sqlite' ? 'sqlite' : database.shown
    const bytes = placeOf(blobs)
    const used = ok('settings', `data folder ${config.folder}, database ${tables}, blobs ${bytes}`)
    const mixed = (database.kind === 'sqlite') !== (blobs.kind === 'files')
    return mixed
      ? [
          used,
          warn(
            'settings',
            'only one of database and blobs is shared',
            'run one process only; several need both',
          ),
        ]
      : [used]
  },
})

const placeOf = (blobs: Config['blobs']): string => {
  switch (blobs.kind) {
    case 'files':
      return 'files'
    case 'folder':
      return `the folder ${blobs.path}`
    case 's3':
      return `s3://${blobs.bucket}/${blobs.prefix}`
    default:
      return unreachable(blobs)
  }
}
