import type { Files, OpenFile } from './files.ts'

/** Writes all of it: one call may take less than it was given. */
export const writeAll = async (file: OpenFile, bytes: Uint8Array): Promise<void> => {
  for (let offset = 0; offset < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, offset, bytes.length - offset)
    offset += bytesWritten
  }
}

/** Fills `length` bytes from `position`; fewer where the file ends before. */
export const readAt = async (file: OpenFile, position: number, length: number): Promise<Uint8Array> => {
  const bytes = new Uint8Array(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, position + filled)
    if (bytesRead === 0) return bytes.subarray(0, filled)
    filled += bytesRead
  }
  return bytes
}

/** All bytes of a file. */
export const readWhole = async (files: Files, path: string): Promise<Uint8Array> => {
  const file = await files.open(path, 'r')
  try {
    return await readAt(file, 0, (await file.stat()).size)
  } finally {
    await file.close()
  }
}
