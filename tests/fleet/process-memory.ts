/** What a process holds in memory, byte for byte, as a core dump of it would show (Linux, and a child of this process). */
import { open, readFile } from 'node:fs/promises'

const PIECE = 16 * 1_024 * 1_024

/** Which of these patterns occur anywhere in the readable memory of a process. */
export const foundInMemory = async (pid: number, patterns: readonly Uint8Array[]): Promise<boolean[]> => {
  const found = patterns.map(() => false)
  const overlap = Math.max(...patterns.map(({ length }) => length)) - 1
  const memory = await open(`/proc/${pid}/mem`, 'r')
  try {
    for (const [start, end] of await regionsOf(pid))
      for (let at = start; at < end; at += PIECE) {
        const piece = await readAt(memory, at, Math.min(PIECE + overlap, end - at))
        if (!piece) continue
        for (const [i, pattern] of patterns.entries()) found[i] ||= piece.includes(Buffer.from(pattern))
      }
    return found
  } finally {
    await memory.close()
  }
}

type Handle = Awaited<ReturnType<typeof open>>

/** A page that was given back meanwhile cannot be read, and holds nothing. */
const readAt = async (memory: Handle, at: number, length: number): Promise<Buffer | undefined> => {
  try {
    const { buffer, bytesRead } = await memory.read(Buffer.alloc(length), 0, length, at)
    return buffer.subarray(0, bytesRead)
  } catch {
    return undefined
  }
}

/** Private and anonymous memory that can be read: heaps, stacks and buffers. */
const regionsOf = async (pid: number): Promise<[start: number, end: number][]> =>
  (await readFile(`/proc/${pid}/maps`, 'utf8')).split('\n').flatMap((line): [number, number][] => {
    const [, start = '', end = '', rights = '', path = ''] =
      /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ *(.*)$/.exec(line) ?? []
    const wanted =
      rights.startsWith('r') && (path === '' || path.startsWith('[heap') || path.startsWith('[anon'))
    return wanted ? [[Number.parseInt(start, 16), Number.parseInt(end, 16)]] : []
  })
