/** Where coordinators of a trial keep what they keep: one stage a kind of storage. */
import { cp } from 'node:fs/promises'
import { startCoordinatorProcess } from '../fleet/coordinator-process.ts'
import { filesIn, temporaryFolder } from '../fleet/folder-bytes.ts'
import { askDatabase } from '../fleet/folder-database.ts'

/** A place where a coordinator has started once and done nothing. */
export type Place = AsyncDisposable & {
  /** Its `--data`. */
  folder: string
  /** Flags that name its storage, where it is not all in the folder. */
  flags: readonly string[]
  adminToken: string
  /** What rounds still owe, in words; nothing once they have settled. For a place at which nothing is at work. */
  debts(): Promise<readonly string[]>
}

export type Stage = AsyncDisposable & {
  /** A fresh place, as every other one of this stage. */
  place(): Promise<Place>
}

/** SQLite and files in one folder: a folder in which one process has started and stopped is copied for every trial. */
export const sqliteStage = async (): Promise<Stage> => {
  const template = await temporaryFolder()
  const first = await startCoordinatorProcess({ folder: template.path })
  await first.stop()
  const adminToken = first.firstAdminToken
  if (!adminToken) throw new Error('the first start in a folder printed no token')
  return {
    async place() {
      const folder = await temporaryFolder()
      await cp(template.path, folder.path, { recursive: true })
      return {
        folder: folder.path,
        flags: [],
        adminToken,
        async debts() {
          const open = askDatabase(folder.path, 'select id from rounds where settled = 0')
          const keys = askDatabase(folder.path, 'select round from round_keys')
          return [
            ...open.map(({ id }) => `round ${id} is not settled`),
            ...keys.map(({ round }) => `the key of ${round} is there`),
            ...(await filesIn(`${folder.path}/updates`)).map((path) => `${path} is there`),
          ]
        },
        [Symbol.asyncDispose]: folder[Symbol.asyncDispose],
      }
    },
    [Symbol.asyncDispose]: template[Symbol.asyncDispose],
  }
}

/** The stages there are, by the name that `--store` gives. */
export const stages: Readonly<Record<string, () => Promise<Stage>>> = { sqlite: sqliteStage }
