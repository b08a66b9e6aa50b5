/** Somebody who has nothing of this repository but the tarballs that would be published: a folder of their own, npm, and Node. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { until } from '../fleet/until.ts'

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))

export type Newcomer = AsyncDisposable & {
  folder: string
  /** `npm install` of tarballs, and of names with versions. */
  install(...packages: string[]): Promise<void>
  /** Copies a file or a folder of the repository, as somebody does who tries an example. */
  copy(from: string, to: string): Promise<void>
  /** Starts a program that npm has installed, or `node`. */
  start(program: string, args: readonly string[], env?: Readonly<Record<string, string>>): Program
}

export type Program = AsyncDisposable & {
  output(): string
  /** Waits until it has written what is looked for. @throws Error with its output where it ends without. */
  says(pattern: RegExp): Promise<RegExpExecArray>
  /** How it ended. */
  exited: Promise<number | null>
}

/** An empty folder outside the repository. */
export const aNewcomer = async (): Promise<Newcomer> => {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-newcomer-'))
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  return {
    folder,
    async install(...packages) {
      const args = ['install', '--save-exact', '--prefer-offline', '--no-audit', '--no-fund', ...packages]
      await promisify(execFile)('npm', args, { cwd: folder, env: environment() })
    },
    copy: (from, to) => cp(join(REPOSITORY, from), join(folder, to), { recursive: true }),
    start: (program, args, env = {}) =>
      startProgram({
        command: program === 'node' ? process.execPath : join(folder, 'node_modules/.bin', program),
        args,
        folder,
        env,
      }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  }
}

/** Without what npm and Vitest tell the programs that they start of this repository; the Node is the one that tests run on. */
const environment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^(?:npm_(?!config_(?:cache|registry|cafile)$)|VITE|NODE_OPTIONS$|NODE_ENV$|INIT_CWD$)/.test(name),
    ),
  ),
  PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
})

const startProgram = ({
  command,
  args,
  folder,
  env,
}: {
  command: string
  args: readonly string[]
  folder: string
  env: Readonly<Record<string, string>>
}): Program => {
  const child = spawn(command, args, {
    cwd: folder,
    env: { ...environment(), HOME: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
    })
  const exited = once(child, 'close').then(() => child.exitCode)
  const isOver = () => child.exitCode !== null || child.signalCode !== null
  return {
    output: () => text,
    exited,
    says: (pattern) =>
      until(
        `${command} to say ${pattern}`,
        () => {
          const found = pattern.exec(text)
          if (!found && isOver()) throw new Error(`${command} ended without ${pattern}:\n${text}`)
          return found ?? undefined
        },
        { withinMs: 60_000, everyMs: 20 },
      ).catch((cause) => {
        throw new Error(`${command} does not say ${pattern}:\n${text}`, { cause })
      }),
    async [Symbol.asyncDispose]() {
      if (!isOver()) child.kill('SIGKILL')
      await exited
    },
  }
}
