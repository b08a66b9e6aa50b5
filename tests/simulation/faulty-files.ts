/** A file system as one process meets it: slow, failing in the middle of a write, and gone with it between any two calls. */
import { basename } from 'node:path'
import type { Files, OpenFile } from '@tributary/coordinator'
import { type Around, dealing } from './dealing.ts'
import { PlantedDiskError } from './mischief.ts'

export const faultyFiles = (files: Files, name: string, around: Around): Files => {
  const { mischief } = around
  const { chance } = mischief
  const fault = (what: string) => {
    const code = chance.pick(['EIO', 'EIO', 'ENOSPC'])
    around.planted(`${what} fails: ${code}`)
    return new PlantedDiskError(code, what)
  }
  const call = <T>(what: string, path: string, work: () => Promise<T>): Promise<T> => {
    const told = `${what} ${name} ${kindOf(path)}`
    return dealing(around, told, async () => {
      if (mischief.happens('diskFails')) throw fault(told)
      return work()
    })
  }
  const opened = (file: OpenFile, path: string): OpenFile => ({
    write(bytes, offset, length) {
      // Whatever a process writes, it may be gone in the middle of it.
      const most = length > 1 && chance.happens(0.1) ? chance.whole(1, length - 1) : length
      const told = `write ${name} ${kindOf(path)}`
      return dealing(around, told, async () => {
        if (!mischief.happens('diskFails')) return file.write(bytes, offset, most)
        await file.write(bytes, offset, chance.whole(0, most))
        throw fault(told)
      })
    },
    read: (into, offset, length, position) =>
      call('read', path, () => file.read(into, offset, length, position)),
    stat: () => call('stat', path, () => file.stat()),
    sync: () => call('sync', path, () => file.sync()),
    close: () => file.close(),
  })
  return {
    open: (path, flags, mode) =>
      call('open', path, async () => opened(await files.open(path, flags, mode), path)),
    mkdir: (path, options) => call('mkdir', path, () => files.mkdir(path, options)),
    rename: (from, to) => call('rename', from, () => files.rename(from, to)),
    unlink: (path) => call('unlink', path, () => files.unlink(path)),
    readdir: (path) => call('readdir', path, () => files.readdir(path)),
    stat: (path) => call('stat', path, () => files.stat(path)),
  }
}

/** Some names are drawn by the system's own chance, and no trace may show them. */
const kindOf = (path: string): string => {
  const name = basename(path)
  if (name.endsWith('.segment')) return 'a segment'
  return name.length > 16 ? 'a file' : `folder ${name}`
}
