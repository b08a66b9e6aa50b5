/** The coordinator as operators run it: a process of its own, that can be killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { until } from './until.ts'

export type CoordinatorProcess = AsyncDisposable & {
  url: string
  port: number
  pid: number
  /** The token that it printed, if it printed one. */
  firstAdminToken: string | undefined
  /** Everything written to stdout and stderr up to here. */
  output(): string
  /** Ends it as a power cut would. Resolves when it is gone. */
  kill(): Promise<void>
  /** Asks it to stop; resolves with how it ended. */
  stop(signal?: NodeJS.Signals): Promise<Exit>
  exited: Promise<Exit>
}

export type Exit = { code: number | null; signal: NodeJS.Signals | null }

export type ProcessOptions = {
  folder: string
  /** 0 takes any free port; give one where clients must find it again. */
  port?: number
  logLevel?: string
  /** Another program than the coordinator's own, which takes the same flags. */
  program?: string
  /** Further flags of that program. */
  flags?: readonly string[]
  /** Words before the command. */
  command?: readonly string[]
  /** Further variables: for what does not belong on a command line. */
  env?: Readonly<Record<string, string>>
}

const END_WITH_PARENT = new URL('./end-with-parent.ts', import.meta.url).href
export const MAIN = fileURLToPath(new URL('../../coordinator/src/main.ts', import.meta.url))

/** Tests start it many times: compiled once, it starts in half the time. */
export const COMPILED = fileURLToPath(
  new URL('../../node_modules/.cache/tributary-compiled', import.meta.url),
)

/** Starts it and waits until it listens. Throws with its output where it ends instead. */
export const startCoordinatorProcess = async (options: ProcessOptions): Promise<CoordinatorProcess> => {
  const { child, output, exited } = spawnCoordinator(options)
  const ended = exited.then(({ code, signal }) => {
    throw new Error(`the coordinator ended (${signal ?? code}) before it listened:\n${output()}`)
  })
  const listening = until('the coordinator to listen', () => URL_IN_LOG.exec(output())?.[1], {
    withinMs: 30_000,
  })
  try {
    await Promise.race([listening, ended])
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
  const url = await listening
  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid ?? 0,
    firstAdminToken: TOKEN_IN_OUTPUT.exec(output())?.[1],
    output,
    exited,
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
    stop(signal = 'SIGTERM') {
      child.kill(signal)
      return exited
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** Starts it and leaves the rest to the caller: for a start that is to fail. */
export const spawnCoordinator = ({ folder, port = 0, logLevel = 'info', ...other }: ProcessOptions) => {
  const [command = process.execPath, ...words] = [
    ...(other.command ?? []),
    process.execPath,
    '--conditions=source',
    `--import=${END_WITH_PARENT}`,
    other.program ?? MAIN,
    ...['--data', folder, '--port', String(port), '--log-level', logLevel],
    ...(other.flags ?? []),
  ]
  const child = spawn(command, words, {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: COMPILED, ...other.env },
    stdio: 'pipe',
  })
  return { child, output: outputOf(child), exited: exitOf(child) }
}

/** A port that nobody listens on, below those that systems give to outgoing connections: it will be free again later. */
export const portToReturnTo = async (): Promise<number> => {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    const server = createServer()
    const listening = once(server, 'listening').then(
      () => true,
      () => false,
    )
    server.listen(port, '127.0.0.1')
    if (!(await listening)) continue
    server.close()
    await once(server, 'close')
    return port
  }
}

const URL_IN_LOG = /"url":"(http:[^"]+)"/
const TOKEN_IN_OUTPUT = /^\s*(tro_\w{24}_[\w-]{43})$/m

const outputOf = (child: ChildProcess): (() => string) => {
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
    })
  return () => text
}

const exitOf = (child: ChildProcess): Promise<Exit> =>
  new Promise((resolve, reject) => {
    child.once('error', reject)
    // 'close' rather than 'exit': everything it wrote has been read by then.
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
