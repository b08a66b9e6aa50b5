import { access, mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type KnownFile, MNIST_FILES, QMNIST_WRITER_FILES, verifyChecksum, waysOut } from './checksums.ts'
import { DatasetError } from './dataset-error.ts'

export const MNIST_WRITER_FILES: readonly KnownFile[] = [
  ...Object.values(MNIST_FILES),
  ...Object.values(QMNIST_WRITER_FILES),
]

/**
 * Fetches the known files that `into` lacks from their official homes, 13 MB for MNIST by writer. A file appears
 * under its name only whole and with its known SHA-256. Returns the paths that were fetched.
 * @throws DatasetError when a home cannot be reached, refuses, or serves other bytes.
 */
export const downloadKnownFiles = async (
  into: string,
  files: readonly KnownFile[] = MNIST_WRITER_FILES,
): Promise<string[]> => {
  const fetched: string[] = []
  for (const file of files) {
    const at = join(into, file.path)
    if (await exists(at)) continue
    const bytes = await fetchBytes(file)
    verifyChecksum(bytes, file, `What ${file.home} serves`)
    await mkdir(dirname(at), { recursive: true })
    await writeFile(`${at}.part`, bytes)
    await rename(`${at}.part`, at)
    fetched.push(file.path)
  }
  return fetched
}

const fetchBytes = async (file: KnownFile): Promise<Uint8Array> => {
  const response = await fetch(file.home).catch((cause: unknown) => {
    throw new DatasetError(`Cannot reach ${file.home}. ${waysOut(file)}`, { cause })
  })
  if (!response.ok) throw new DatasetError(`${file.home} answered ${response.status}. ${waysOut(file)}`)
  const body = await response.arrayBuffer().catch((cause: unknown) => {
    throw new DatasetError(`The download of ${file.home} broke off. ${waysOut(file)}`, { cause })
  })
  return new Uint8Array(body)
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
