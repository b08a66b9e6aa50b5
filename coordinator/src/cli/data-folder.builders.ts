import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { TaskFile } from '@tributary/protocols/task'
import { createLogger } from '../http/logger.ts'
import { type RunningCoordinator, serve } from '../serve.ts'
import type { Actor } from '../services.ts'

export const ADMIN: Actor = { id: 'a-test', name: 'a test', role: 'admin' }

export type Home = AsyncDisposable & {
  /** A path in a folder that goes when this is disposed of. */
  at(name: string): string
  /** A coordinator in this process, on the data folder of this name. */
  serve(name?: string): Promise<RunningCoordinator>
}

export const aHome = async (): Promise<Home> => {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-cli-'))
  const running: RunningCoordinator[] = []
  const at = (name: string) => join(folder, name)
  return {
    at,
    async serve(name = 'live') {
      const started = await serve({
        folder: at(name),
        host: '127.0.0.1',
        port: 0,
        cors: { kind: 'off' },
        trustProxy: false,
        metrics: 'public',
        logger: createLogger({ level: 'silent' }),
      })
      running.push(started)
      return started
    },
    async [Symbol.asyncDispose]() {
      for (const { close } of running) await close()
      await rm(folder, { recursive: true })
    },
  }
}

/** A task with a model of so many ones. */
export const aTask = ({ id = 'line', length = 10 }: { id?: string; length?: number } = {}): TaskFile =>
  TaskFile.parse({
    id,
    model: {
      format: 'custom',
      trainer: 'none',
      tensors: [{ name: 'w', shape: [length], dtype: 'F32', initializer: 'ones' }],
      initial: { kind: 'seeded', seed: 7 },
    },
    plan: {
      epochs: 1,
      batchSize: 8,
      optimizer: { name: 'sgd', learningRate: 0.05 },
      loss: 'mean-squared-error',
    },
    cohort: { target: 1, quorum: 1, selectionSeconds: 60, trainingSeconds: 60 },
    schedule: { kind: 'manual' },
  })

/** Does something to a data folder's database that no program of ours would. */
export const tamper = (folder: string, ...statements: string[]): void => {
  const database = new DatabaseSync(join(folder, 'tributary.sqlite'), { timeout: 5_000 })
  try {
    for (const statement of statements) database.exec(statement)
  } finally {
    database.close()
  }
}
