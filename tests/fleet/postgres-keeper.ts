/**
 * Keeps one PostgreSQL server in a folder of its own, for the process that started this one (`postgres-server.ts`). It
 * hears what to start as a line of JSON, then `start` and `stop <signal>`, says a line of JSON when the server is up or
 * down, and ends it, folder and all, when nobody speaks any more, however that came about. The server syncs to its disk
 * as in production.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { findPostgres, UNPRIVILEGED } from './postgres-programs.ts'
import { type KeeperWord, Wanted } from './postgres-server.ts'

const run = promisify(execFile)
const say = (word: KeeperWord) => {
  process.stdout.write(`${JSON.stringify(word)}\n`)
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return address.port
}

const folder = await mkdtemp(join(tmpdir(), 'tributary-postgres-'))
let server: ChildProcess | undefined
let log = ''

const prepare = async (password: string) => {
  const { uid, gid } = UNPRIVILEGED
  if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid)
  const { initdb, postgres } = await findPostgres(folder)
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, password)
  if (uid !== undefined && gid !== undefined) await chown(passwordFile, uid, gid)
  const how = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync', '--username=tributary']
  await run(initdb, [...how, `--pwfile=${passwordFile}`, '--pgdata', join(folder, 'data')], {
    ...UNPRIVILEGED,
    cwd: folder,
    env: { PATH: process.env.PATH },
  })
  await rm(passwordFile)
  return postgres
}

const start = async (postgres: string, port: number, settings: Wanted['settings']) => {
  const all = {
    listen_addresses: '127.0.0.1',
    port: `${port}`,
    unix_socket_directories: '',
    shared_buffers: '32MB',
    max_connections: '200',
    ...settings,
  }
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  log = ''
  const child = spawn(postgres, ['-D', join(folder, 'data'), ...flags], {
    ...UNPRIVILEGED,
    cwd: folder,
    env: { PATH: process.env.PATH, TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  server = child
  const ended = once(child, 'exit').then(() => {
    throw new Error(`PostgreSQL ended before it was ready:\n${log}`)
  })
  const ready = new Promise<void>((resolve) => {
    child.stderr.on('data', (text: Buffer) => {
      log = `${log}${text}`.slice(-20_000)
      if (log.includes('ready to accept connections')) resolve()
    })
  })
  ended.catch(() => {})
  await Promise.race([ready, ended])
  say({ kind: 'up', port })
}

const stop = async (signal: NodeJS.Signals) => {
  if (!server || server.exitCode !== null) return
  const gone = once(server, 'exit')
  server.kill(signal)
  await gone
}

const end = async () => {
  const tooLong = setTimeout(() => server?.kill('SIGQUIT'), 5_000)
  await stop('SIGINT')
  clearTimeout(tooLong)
  await rm(folder, { recursive: true, force: true })
  process.exit()
}

const serve = async ({ settings, password }: Wanted) => {
  const postgres = await prepare(password)
  const port = await freePort()
  await start(postgres, port, settings)
  return async (line: string) => {
    if (line === 'start') return start(postgres, port, settings)
    await stop(line === 'stop SIGQUIT' ? 'SIGQUIT' : 'SIGINT')
    say({ kind: 'down' })
  }
}

const failed = (error: unknown) => say({ kind: 'failed', why: String(error) })

// Whoever started this may be gone before the server is there.
const lines = createInterface({ input: process.stdin }).on('close', () => void end().catch(failed))
process.on('SIGTERM', () => void end().catch(failed))
let serving: ReturnType<typeof serve> | undefined
lines.on('line', (line) => {
  if (serving) serving.then((hear) => hear(line)).catch(failed)
  else {
    serving = serve(Wanted.parse(JSON.parse(line)))
    serving.catch(failed)
  }
})
