/** A PostgreSQL server for tests, benches and long runs: its own folder, a free port, a drawn password. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'

export type PostgresServer = AsyncDisposable & {
  url: string
  /** `cleanly` as its operator would; `crash` as a power cut would. The folder and the port are kept. */
  stop(how: 'cleanly' | 'crash'): Promise<void>
  start(): Promise<void>
}

/** What the keeper says, a line each. */
const KeeperWord = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('up'), port: z.int() }),
  z.object({ kind: z.literal('down') }),
  z.object({ kind: z.literal('failed'), why: z.string() }),
])
export type KeeperWord = z.infer<typeof KeeperWord>

/** What the keeper is told first. `settings` are those of postgresql.conf. */
export const Wanted = z.object({ settings: z.record(z.string(), z.string()), password: z.string() })
export type Wanted = z.infer<typeof Wanted>

const KEEPER = fileURLToPath(new URL('./postgres-keeper.ts', import.meta.url))

/**
 * Starts one, under the settings of postgresql.conf that are given. It ends with this process, however that ends.
 * Throws, saying what was tried, where no server can be started.
 */
export const startPostgres = async ({
  settings = {},
  password = drawnPassword(),
}: Partial<Wanted> = {}): Promise<PostgresServer> => {
  const keeper = spawn(process.execPath, ['--conditions=source', KEEPER], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // Ctrl-C is for its parent: it ends when nobody speaks any more, and takes all that it keeps with it.
    detached: true,
  })
  const exited = once(keeper, 'exit')
  keeper.stdin.write(`${JSON.stringify({ settings, password })}\n`)
  const words = createInterface({ input: keeper.stdout })[Symbol.asyncIterator]()
  const next = async <Kind extends KeeperWord['kind']>(kind: Kind) => {
    const { value, done } = await words.next()
    const word: KeeperWord = done
      ? { kind: 'failed', why: 'what keeps PostgreSQL ended' }
      : KeeperWord.parse(JSON.parse(value))
    if (word.kind !== kind) throw new Error(word.kind === 'failed' ? word.why : `it is ${word.kind}`)
    return word as Extract<KeeperWord, { kind: Kind }>
  }
  const end = async () => {
    keeper.stdin.end()
    await exited
  }
  try {
    const { port } = await next('up')
    return {
      url: urlOf(port, password),
      async stop(how) {
        keeper.stdin.write(how === 'crash' ? 'stop SIGQUIT\n' : 'stop SIGINT\n')
        await next('down')
      },
      async start() {
        keeper.stdin.write('start\n')
        await next('up')
      },
      [Symbol.asyncDispose]: end,
    }
  } catch (error) {
    await end()
    throw error
  }
}

export const drawnPassword = (): string => randomBytes(18).toString('base64url')

export const urlOf = (port: number, password: string): string =>
  `postgres://tributary:${password}@127.0.0.1:${port}/postgres`
