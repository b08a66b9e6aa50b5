import { appendFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

export type ResultsFolder = {
  /** Absolute. */
  path: string
  /** Writes a file that stays, whole or not at all; gives its absolute path. */
  save(name: string, bytes: Uint8Array): Promise<string>
  /** Adds to the end of a file. */
  append(name: string, text: string): Promise<void>
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
      await writeFile(`${file}.part`, bytes)
      await rename(`${file}.part`, file)
      return file
    },
    append: (name, text) => appendFile(join(path, name), text),
    remove: (name) => rm(join(path, name), { recursive: true, force: true }),
  }
}
