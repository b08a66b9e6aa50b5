import { access, constants, stat, statfs } from 'node:fs/promises'
import { errorCode } from './file-errors.ts'

/** What there is to know of a file or folder without changing it. */
export type PathState =
  | { kind: 'missing' }
  | {
      kind: 'folder' | 'file'
      /** The permission bits; 0 on Windows, where they say nothing. */
      mode: number
      writable: boolean
      /** Bytes that this user may still write there. */
      freeBytes: number
      /** What it lies on: a disk of this machine, as far as its file system tells, or one across a network. */
      on: 'local' | 'network'
    }

/** Magic numbers of statfs(2): NFS, SMB, CIFS, SMB2, AFS, Ceph, 9P. */
const NETWORK = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x5346414f, 0x00c36400, 0x01021997])

export const pathState = async (path: string): Promise<PathState> => {
  try {
    const found = await stat(path)
    const { bavail, bsize, type } = await statfs(path)
    return {
      kind: found.isDirectory() ? 'folder' : 'file',
      mode: process.platform === 'win32' ? 0 : found.mode & 0o777,
      writable: await access(path, constants.W_OK).then(
        () => true,
        () => false,
      ),
      freeBytes: bavail * bsize,
      on: NETWORK.has(type) ? 'network' : 'local',
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { kind: 'missing' }
    throw error
  }
}
