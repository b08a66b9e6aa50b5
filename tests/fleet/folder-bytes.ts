/** What lies in a data folder, byte for byte: for tests of what must not lie there. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new, empty folder that is removed when it is disposed of. */
export const temporaryFolder = async (): Promise<{ path: string } & AsyncDisposable> => {
  const path = await mkdtemp(join(tmpdir(), 'tributary-e2e-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** The paths of all files below a folder. */
export const filesIn = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

/** The files in which these bytes occur. */
export const filesHolding = async (folder: string, bytes: Uint8Array): Promise<string[]> => {
  const holding: string[] = []
  for (const path of await filesIn(folder)) {
    const content = await readFile(path).catch(() => Buffer.alloc(0)) // gone since it was listed
    if (content.includes(Buffer.from(bytes))) holding.push(path)
  }
  return holding
}
