/** A file system of a few megabytes that can be filled up to the last page. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { temporaryFolder } from './folder-bytes.ts'

const run = promisify(execFile)

export const PAGE_BYTES = 4_096

export type SmallDisk = AsyncDisposable & {
  /** Where it is mounted, for processes started by way of `command`. */
  path: string
  /** The same folder, for this process. */
  seenFromHere: string
  /** The words before a command that make it see the disk. */
  command: readonly string[]
  /** Takes all the room that is left. */
  fill(): void
  /** Gives so many pages back, or all of them. */
  free(pages?: number): void
}

/**
 * Makes a small disk: a tmpfs mounted by whoever may mount, by itself or by sudo without a password, else one in a user
 * namespace of its own, which any user may make where the system allows it. Throws, saying what was tried, where none
 * of these can be had.
 */
export const smallDisk = async (megabytes: number): Promise<SmallDisk> => {
  const folder = await temporaryFolder()
  const path = join(folder.path, 'disk')
  await mkdir(path)
  const options = `size=${megabytes}m,mode=0700,uid=${process.getuid?.() ?? 0}`
  const refusals: string[] = []
  for (const [command, ...words] of [['env'], ['sudo', '-n']] as const)
    try {
      await run(command, [...words, 'mount', '-t', 'tmpfs', '-o', options, 'tmpfs', path])
      return diskAt({ path, seenFromHere: path, command: [] }, async () => {
        await run(command, [...words, 'umount', path])
        await folder[Symbol.asyncDispose]()
      })
    } catch (error) {
      refusals.push(String(error))
    }
  const [unshare, ...words] = NAMESPACE
  const size = `size=${megabytes}m`
  const keeper = spawn(unshare, [...words, 'sh', '-c', KEEP, 'sh', size, path], { stdio: 'pipe' })
  const refused = await firstWordOf(keeper)
  if (refused !== undefined)
    throw new Error(
      `this test needs a small disk, and can make none (${[...refusals, refused].join('; ')}). ` +
        'Run it on Linux: as root, with sudo, or where user namespaces are allowed',
    )
  const enter = ['nsenter', '--target', String(keeper.pid), '--user', '--mount', '--preserve-credentials']
  return diskAt({ path, seenFromHere: `/proc/${keeper.pid}/root${path}`, command: enter }, async () => {
    keeper.stdin?.end()
    await once(keeper, 'close')
    await folder[Symbol.asyncDispose]()
  })
}

const NAMESPACE = ['unshare', '--user', '--map-root-user', '--mount'] as const

/** Mounts, says so, and keeps the namespace for as long as its input is open. */
const KEEP = 'mount -t tmpfs -o "$1" tmpfs "$2" && echo mounted && cat >/dev/null'

/** Why the keeper could not mount, or `undefined` when it has. */
const firstWordOf = (keeper: ChildProcess): Promise<string | undefined> =>
  new Promise((resolve) => {
    let complaint = ''
    keeper.stdout?.once('data', () => resolve(undefined))
    keeper.stderr?.on('data', (piece: Buffer) => {
      complaint += piece.toString()
    })
    keeper.once('error', (error) => resolve(error.message))
    keeper.once('close', () => resolve(complaint.trim()))
  })

const diskAt = (
  where: Pick<SmallDisk, 'path' | 'seenFromHere' | 'command'>,
  unmount: () => Promise<void>,
): SmallDisk => {
  const ballast = openSync(join(where.seenFromHere, 'ballast'), 'a')
  const page = new Uint8Array(PAGE_BYTES).fill(0xff)
  return {
    ...where,
    fill() {
      for (;;)
        try {
          writeSync(ballast, page)
        } catch (error) {
          if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return
          throw error
        }
    },
    free(pages = Number.POSITIVE_INFINITY) {
      ftruncateSync(ballast, Math.max(0, fstatSync(ballast).size - pages * PAGE_BYTES))
    },
    async [Symbol.asyncDispose]() {
      closeSync(ballast)
      await unmount()
    },
  }
}
