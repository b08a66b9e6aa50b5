/** The keyboard example as `npm run keyboard` starts it: a process of its own, with coordinator, speakers and page. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { temporaryFolder } from '../fleet/folder-bytes.ts'

const MAIN = fileURLToPath(import.meta.resolve('../../simulations/src/keyboard/main.ts'))

const Opened = z.object({ page: z.url(), coordinator: z.url(), adminToken: z.string() })
const Said = z.union([
  z.object({ opened: Opened }),
  z.object({
    judged: z.object({ version: z.int(), top1: z.number(), top3: z.number() }),
    baseline: z.object({ top3: z.number() }),
  }),
])
type Judged = { version: number; top1: number; top3: number }

export type KeyboardWorld = AsyncDisposable & {
  opened: z.infer<typeof Opened>
  /** The page's address for this person. */
  pageOf(person: string): string
  /** What the runner has made of each version, in order. */
  judged: readonly Judged[]
  /** The process ends, as by Ctrl-C; resolves with its exit code. */
  stop(): Promise<number | null>
  /** What there is in the folder that the process has for temporary files. */
  left(): Promise<string[]>
}

export const startKeyboard = async (flags: readonly string[]): Promise<KeyboardWorld> => {
  // Vitest's own NODE_ENV would have React built for development.
  const { NODE_ENV: _, ...env } = process.env
  const temporary = await temporaryFolder()
  const process_ = spawn(process.execPath, ['--conditions=source', MAIN, '--json', ...flags], {
    env: { ...env, TMPDIR: temporary.path },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let asides = ''
  process_.stderr.on('data', (text) => {
    asides += text
  })
  const judged: Judged[] = []
  const opened = await new Promise<z.infer<typeof Opened>>((resolve, reject) => {
    createInterface(process_.stdout).on('line', (line) => {
      const { data: said } = Said.safeParse(JSON.parse(line))
      if (!said) throw new Error(`the runner said ${line}`)
      if ('opened' in said) resolve(said.opened)
      else judged.push(said.judged)
    })
    process_.once('exit', (code) => reject(new Error(`the runner ended with ${code}: ${asides}`)))
  })
  const stop = () => ended(process_)
  return {
    opened,
    judged,
    pageOf(person) {
      const address = new URL(opened.page)
      address.searchParams.set('person', person)
      return address.href
    },
    stop,
    left: () => readdir(temporary.path),
    async [Symbol.asyncDispose]() {
      await stop()
      await temporary[Symbol.asyncDispose]()
    },
  }
}

const ended = async (running: ChildProcess): Promise<number | null> => {
  if (running.exitCode === null) {
    running.kill('SIGINT')
    await once(running, 'exit')
  }
  return running.exitCode
}
