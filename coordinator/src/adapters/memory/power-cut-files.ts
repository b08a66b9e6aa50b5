import { basename, dirname } from 'node:path'
import { integerBelow, type Random } from '@tributary/protocols/runtime'
import type { Files, OpenFile } from '../files/files.ts'

export type PowerCutFiles = {
  files: Files
  /** How many calls have been made. */
  calls(): number
  /** Lets the call after this many, and every later one, fail: the process is dead. */
  cutAfter(calls: number): void
  isCut(): boolean
  /** The process starts again on a system that kept running: nothing is lost. */
  restart(): void
  /** The power failed and is back: of what was never synced, chance has kept some and lost some. */
  loseUnsynced(random: Random): void
  /** A copy of all this to look around in. */
  copy(): Files
  /** A copy of what is left when chance, at a power cut now, keeps nothing that was never synced. */
  lasting(): Files
}

/** What a disk holds, and what so far only the system's memory does. */
type File = { kind: 'file'; volatile: Uint8Array; durable: Uint8Array }
type Folder = { kind: 'folder'; volatile: Map<string, Node>; durable: Map<string, Node> }
type Node = File | Folder

/**
 * A file system that forgets, as POSIX allows: bytes last only when their file was synced, and names (made, renamed or
 * removed) only when their folder was. At a power cut each unsynced name is old or new by chance, each on its own, and
 * each unsynced file has its old bytes, its new ones, a part of them, or zeros. Here it is always 1970.
 * As `write` may, it takes less than it is given: `mostBytesAWrite` bytes, so that a cut can fall in the middle.
 */
export const powerCutFiles = ({ mostBytesAWrite = 7 } = {}): PowerCutFiles => {
  const root: Folder = aFolder()
  let calls = 0
  let limit = Number.POSITIVE_INFINITY

  const step = async () => {
    await Promise.resolve()
    if (calls >= limit) throw systemError('EIO')
    calls++
  }
  return {
    files: filesIn(root, step, mostBytesAWrite),
    copy: () => filesIn(structuredClone(root), async () => {}, mostBytesAWrite),
    lasting: () => filesIn(lastingOf(root), async () => {}, mostBytesAWrite),
    calls: () => calls,
    isCut: () => calls >= limit,
    cutAfter(most) {
      limit = most
    },
    restart() {
      limit = Number.POSITIVE_INFINITY
    },
    loseUnsynced(random) {
      limit = Number.POSITIVE_INFINITY
      settle(root, random, new Set())
    },
  }
}

const filesIn = (root: Folder, step: () => Promise<void>, mostBytesAWrite: number): Files => {
  const find = (path: string): Node => {
    let node: Node = root
    for (const name of partsOf(path)) {
      const next: Node | undefined = node.kind === 'folder' ? node.volatile.get(name) : undefined
      if (!next) throw systemError('ENOENT')
      node = next
    }
    return node
  }
  const folderAt = (path: string): Folder => {
    const node = find(path)
    if (node.kind !== 'folder') throw systemError('ENOTDIR')
    return node
  }
  return {
    async open(path, flags) {
      await step()
      if (flags !== 'wx+') return handleOf(find(path), step, mostBytesAWrite)
      const file: File = { kind: 'file', volatile: new Uint8Array(), durable: new Uint8Array() }
      folderAt(dirname(path)).volatile.set(basename(path), file)
      return handleOf(file, step, mostBytesAWrite)
    },
    async mkdir(path) {
      await step()
      const { volatile } = folderAt(dirname(path))
      if (volatile.has(basename(path))) return undefined
      volatile.set(basename(path), aFolder())
      return path
    },
    async rename(from, to) {
      await step()
      const file = find(from)
      folderAt(dirname(to)).volatile.set(basename(to), file)
      folderAt(dirname(from)).volatile.delete(basename(from))
    },
    async unlink(path) {
      await step()
      find(path)
      folderAt(dirname(path)).volatile.delete(basename(path))
    },
    async readdir(path) {
      await step()
      return [...folderAt(path).volatile.keys()]
    },
    async stat(path) {
      await step()
      const node = find(path)
      return { size: sizeOf(node), mode: 0o600, mtimeMs: 0 }
    },
  }
}

const handleOf = (node: Node, step: () => Promise<void>, mostBytesAWrite: number): OpenFile => ({
  async write(bytes, offset, length) {
    if (node.kind !== 'file') throw systemError('EISDIR')
    await step()
    const taken = Math.min(length, mostBytesAWrite)
    node.volatile = Buffer.concat([node.volatile, bytes.subarray(offset, offset + taken)])
    return { bytesWritten: taken }
  },
  async read(into, offset, length, position) {
    if (node.kind !== 'file') throw systemError('EISDIR')
    await step()
    const piece = node.volatile.subarray(position, position + length)
    into.set(piece, offset)
    return { bytesRead: piece.length }
  },
  async stat() {
    await step()
    return { size: sizeOf(node), mtimeMs: 0 }
  },
  async sync() {
    await step()
    if (node.kind === 'file') node.durable = node.volatile
    else node.durable = new Map(node.volatile)
  },
  close: async () => {},
})

/** Bytes are never changed in place, so that the copy may share them. */
const lastingOf = (folder: Folder): Folder => {
  const names = new Map<string, Node>()
  for (const [name, node] of folder.durable)
    names.set(
      name,
      node.kind === 'folder'
        ? lastingOf(node)
        : { kind: 'file', volatile: node.durable, durable: node.durable },
    )
  return { kind: 'folder', volatile: names, durable: new Map(names) }
}

const settle = (node: Node, random: Random, seen: Set<Node>) => {
  if (seen.has(node)) return
  seen.add(node)
  if (node.kind === 'file') {
    if (node.durable !== node.volatile) node.durable = remains(node, random)
    node.volatile = node.durable
    return
  }
  for (const name of new Set([...node.durable.keys(), ...node.volatile.keys()])) {
    const kept = integerBelow(random, 2) === 0 ? node.durable.get(name) : node.volatile.get(name)
    if (kept) node.durable.set(name, kept)
    else node.durable.delete(name)
  }
  node.volatile = new Map(node.durable)
  for (const child of node.durable.values()) settle(child, random, seen)
}

/** Files only ever grow, so what an earlier sync covered is part of every outcome. */
const remains = ({ durable, volatile }: File, random: Random): Uint8Array => {
  const unsynced = volatile.length - durable.length
  const outcomes = [
    durable,
    volatile,
    volatile.subarray(0, durable.length + integerBelow(random, unsynced + 1)),
    Buffer.concat([durable, new Uint8Array(unsynced)]),
  ]
  return outcomes[integerBelow(random, outcomes.length)] ?? durable
}

const sizeOf = (node: Node) => (node.kind === 'file' ? node.volatile.length : 0)

const aFolder = (): Folder => ({ kind: 'folder', volatile: new Map(), durable: new Map() })

const partsOf = (path: string) => path.split('/').filter((part) => part !== '')

const systemError = (code: string) => Object.assign(new Error(code), { code })
