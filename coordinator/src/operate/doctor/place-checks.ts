/** Where it runs: its folder, its key, its port, and who else is there. */
import { createServer } from 'node:net'
import { folderHolder, type Holder } from '../../adapters/files/folder-lock.ts'
import { pathState } from '../../adapters/files/folder-state.ts'
import type { Config } from '../../config.ts'
import { locksFolder, readOwnKey } from '../../storage.ts'
import { type Check, type Finding, fail, ok, warn } from './finding.ts'

const MEBIBYTE = 1_024 * 1_024
const SCARCE = 1_024 * MEBIBYTE
const TOO_LITTLE = 64 * MEBIBYTE
const OTHERS = 0o077

export const folderCheck = ({ folder, database }: Config): Check => ({
  name: 'folder',
  async run() {
    const state = await pathState(folder)
    if (state.kind === 'missing')
      return [fail('folder', `${folder} is not there`, 'start the coordinator, or name its --data')]
    if (state.kind === 'file') return [fail('folder', `${folder} is a file`, 'name a folder with --data')]
    const findings: Finding[] = []
    if (!state.writable)
      findings.push(
        fail('folder', `${folder} cannot be written by this user`, 'run as its owner, or chown it'),
      )
    if ((state.mode & OTHERS) !== 0)
      findings.push(
        warn('folder', `${folder} is open to others (mode ${octal(state.mode)})`, `chmod 700 ${folder}`),
      )
    if (state.on === 'network' && database.kind === 'sqlite')
      findings.push(
        fail(
          'folder',
          `${folder} is on a network file system`,
          'put it on a local disk: SQLite’s log needs one',
        ),
      )
    const free = `${Math.floor(state.freeBytes / MEBIBYTE)} MiB are free`
    if (state.freeBytes < TOO_LITTLE) findings.push(fail('space', free, 'make room: nothing can be taken in'))
    else if (state.freeBytes < SCARCE)
      findings.push(warn('space', free, 'make room, or run `tributary retention`'))
    else findings.push(ok('space', free))
    return findings.some(({ check }) => check === 'folder') ? findings : [ok('folder', folder), ...findings]
  },
})

/** Owned by one coordinator: `servedBy` is whose the tables are. */
export const keyCheck = (config: Config, servedBy: () => Promise<string | undefined>): Check => ({
  name: 'key',
  async run() {
    const ownKey = await readOwnKey(config)
    const id = await servedBy().catch(() => undefined)
    if (!ownKey && id === undefined) return [ok('key', 'there is none yet; the first start makes it')]
    if (!ownKey)
      return [
        fail('key', `${config.keyFile} is not there`, `put the key of ${id} in its place, with mode 600`),
      ]
    if (id !== undefined && id !== ownKey.id)
      return [
        fail(
          'key',
          `${config.keyFile} is the key of ${ownKey.id}, the data are of ${id}`,
          `put the key of ${id} in its place`,
        ),
      ]
    return [ok('key', `${config.keyFile} is the key of ${ownKey.id}`)]
  },
})

/**
 * Whether a coordinator has the folder; where none has, whether the next one could listen. Processes that share tables
 * and blobs lock no folder: one that answers on the port is the one.
 */
export const runningCheck = (config: Config): Check => ({
  name: 'running',
  async run() {
    const holder =
      (await pathState(config.folder)).kind === 'folder' ? await folderHolder(config.folder) : 'free'
    if (holder !== 'free')
      return [ok('running', `${inWords(holder)} has the folder`), await answering(config)]
    const where = `${config.host}:${config.port}`
    const taken = await portTaken(config)
    const nobody = ok(
      'running',
      locksFolder(config) ? 'no coordinator has the folder' : 'no coordinator answers here',
    )
    if (taken === undefined) return [nobody, ok('port', `${where} is free`)]
    if (!locksFolder(config)) {
      const answer = await answering(config)
      if (answer.verdict === 'ok') return [answer]
    }
    return [
      nobody,
      fail(
        'port',
        `${where} cannot be listened on: ${taken}`,
        'end what listens there, or choose another --port',
      ),
    ]
  },
})

const inWords = ({ pid, host, startedAt }: Holder) =>
  `process ${pid} on ${host}, started ${new Date(startedAt).toISOString()},`

const ASK_MS = 3_000

const answering = async ({ host, port }: Config): Promise<Finding> => {
  const name =
    host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host
  const url = `http://${name}:${port}/readyz`
  const advice = 'name the --host and --port it was started with; if these are they, look at its log'
  try {
    const { status } = await fetch(url, { signal: AbortSignal.timeout(ASK_MS) })
    return status === 200
      ? ok('port', `${url} says it is ready`)
      : warn('port', `${url} answers ${status}`, advice)
  } catch {
    return warn('port', `${url} does not answer`, advice)
  }
}

const portTaken = ({ host, port }: Config): Promise<string | undefined> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve('code' in error ? String(error.code) : error.message))
    server.listen({ host, port }, () => server.close(() => resolve(undefined)))
  })

const octal = (mode: number) => mode.toString(8).padStart(4, '0')
