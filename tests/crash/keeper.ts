/** Keeps a coordinator going at one address through a plan of deaths, as a supervisor would. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { unreachable } from '@tributary/protocols'
import { type Exit, portToReturnTo, spawnCoordinator } from '../fleet/coordinator-process.ts'
import { until } from '../fleet/until.ts'
import type { Doom, Moment } from './plan.ts'
import type { Place } from './stages.ts'

const DOOMED = fileURLToPath(new URL('../fleet/doomed-coordinator.ts', import.meta.url))

/** A process was killed here. */
export type Kill = { at: string; during: 'start' | 'work' | 'stop' }

export type Keeper = {
  url: string
  /** A client saw this: some dooms wait for it. */
  saw(moment: Moment): void
  /** Deaths so far. */
  kills: readonly Kill[]
  /** Ends the last process, and takes back the dooms that did not come to pass. Throws what went wrong meanwhile. */
  end(): Promise<{ unmet: readonly Doom[]; stops: number }>
  /** Throws where a process ended that nobody had killed. */
  check(): void
}

export type KeeperOptions = {
  place: Place
  dooms: readonly Doom[]
  /** Called whenever a process listens. */
  listening(): void
  /** Where the boundaries that are passed are written, one a line; none, and only a doomed process knows them. */
  journal?: string
  /** Words before the command of every process. */
  command?: readonly string[]
}

export const keepAlive = async ({ place, dooms, listening, ...options }: KeeperOptions): Promise<Keeper> => {
  const port = await portToReturnTo()
  const journal = options.journal ?? join(place.folder, 'passed-boundaries')
  const kills: Kill[] = []
  let stops = 0
  let unmet: readonly Doom[] = []
  let over = false
  let failure: unknown
  let hear: (moment: Moment) => void = () => {}
  let killCurrent = () => {}

  const live = async (doom: Doom | undefined) => {
    const { child, exited, output } = spawnCoordinator({
      folder: place.folder,
      port,
      command: options.command ?? [],
      env: place.env,
      flags: flagsOf(doom, options.journal ?? (doom ? journal : undefined)),
      ...(isInside(doom) || options.journal ? { program: DOOMED } : {}),
    })
    killCurrent = () => void child.kill('SIGKILL')
    let struck = isInside(doom)
    let stopping = false
    if (doom?.kind === 'moment' || doom?.kind === 'stopping')
      hear = (moment) => {
        if (moment !== doom.on || struck) return
        struck = true
        stopping = doom.kind === 'stopping'
        if (stopping) child.kill('SIGTERM')
        setTimeout(() => child.kill('SIGKILL'), doom.ms)
      }
    let up = false
    const watching = new AbortController()
    const watched = until(
      'the coordinator to listen',
      () => {
        if (watching.signal.aborted) return 'gone'
        if (!output().includes('"url":"http:')) return undefined
        up = true
        listening()
        return 'up'
      },
      { withinMs: 300_000, everyMs: 10 },
    )
    const exit = await exited
    watching.abort()
    await watched
    hear = () => {}
    if (over) return
    if (exit.signal === 'SIGKILL' && doom && struck)
      kills.push({ at: await whereIt(doom, journal), during: stopping ? 'stop' : up ? 'work' : 'start' })
    else if (stopping && exit.code === 0) stops++
    // Asked before it could hear: the system ends it as it stands.
    else if (stopping && exit.signal === 'SIGTERM')
      kills.push({ at: 'asked to stop while it starts', during: 'start' })
    else throw new Error(`the coordinator ended by itself (${wordOf(exit)}):\n${output()}`)
  }

  const lives = (async () => {
    for (let i = 0; !over; i++) {
      unmet = dooms.slice(i)
      await live(dooms[i])
    }
  })().catch((error: unknown) => {
    failure = error
  })

  const check = () => {
    if (failure !== undefined) throw failure
  }
  return {
    url: `http://127.0.0.1:${port}`,
    saw: (moment) => hear(moment),
    kills,
    check,
    async end() {
      over = true
      killCurrent()
      await lives
      check()
      return { unmet, stops }
    },
  }
}

const isInside = (doom: Doom | undefined): boolean =>
  doom?.kind === 'boundary' || doom?.kind === 'count' || doom?.kind === 'time'

const flagsOf = (doom: Doom | undefined, journal: string | undefined): readonly string[] => {
  const writing = journal === undefined ? [] : ['--journal', journal]
  switch (doom?.kind) {
    case undefined:
      return writing
    case 'boundary':
      return [...writing, '--die-at', doom.at]
    case 'count':
      return [...writing, '--die-after-boundaries', String(doom.boundaries)]
    case 'time':
      return [...writing, '--die-after', String(doom.ms)]
    case 'moment':
    case 'stopping':
      return []
    default:
      return unreachable(doom)
  }
}

/** Where a process died: the boundary, or what it was killed by. */
const whereIt = async (doom: Doom, journal: string): Promise<string> => {
  switch (doom.kind) {
    case 'boundary':
      return withoutPassing(doom.at)
    case 'count': {
      const passed = (await readFile(journal, 'utf8')).trimEnd().split('\n')
      return withoutPassing(passed.at(-1) ?? '')
    }
    case 'time':
      return 'any time after it began to start'
    case 'moment':
      return `a client: ${doom.on}`
    case 'stopping':
      return 'while it stops'
    default:
      return unreachable(doom)
  }
}

export const withoutPassing = (boundary: string): string => boundary.replace(/#\d+$/, '')

const wordOf = ({ code, signal }: Exit) => signal ?? `code ${code}`
