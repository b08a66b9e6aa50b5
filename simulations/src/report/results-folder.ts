import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

export type ResultsFolder = {
  /** Absolute. */
  path: string
  /** Writes a file that stays; gives its absolute path. */
  save(name: string, bytes: Uint8Array): Promise<string>
  /** Removes a part of the folder. */
  remove(name: string): Promise<void>
}

/** The folder that was named, made where it is not there; or a new temporary one. */
export const openResultsFolder = async (
  named: string | undefined,
  temporaryPrefix: string,
): Promise<ResultsFolder> => {
  const path = named === undefined ? await mkdtemp(join(tmpdir(), temporaryPrefix)) : resolve(named)
  await mkdir(path, { recursive: true })
  return {
    path,
    async save(name, bytes) {
      const file = join(path, name)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, bytes)
      return file
    },
    remove: (name) => rm(join(path, name), { recursive: true, force: true }),
  }
}
