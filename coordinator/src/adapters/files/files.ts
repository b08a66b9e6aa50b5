import * as fs from 'node:fs/promises'

/**
 * The few calls to the file system that these adapters make, as a port: Node's own is the default,
 * tests wrap it to let a chosen call fail as a full or dying disk would.
 */
export type Files = {
  open(path: string, flags: 'r' | 'r+' | 'wx+', mode?: number): Promise<OpenFile>
  mkdir(path: string, options: { recursive: boolean; mode?: number }): Promise<string | undefined>
  rename(from: string, to: string): Promise<void>
  /** Removes a file. */
  unlink(path: string): Promise<void>
  readdir(path: string): Promise<string[]>
  stat(path: string): Promise<{ size: number; mode: number; mtimeMs: number }>
}

export type OpenFile = {
  write(bytes: Uint8Array, offset: number, length: number): Promise<{ bytesWritten: number }>
  read(into: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>
  stat(): Promise<{ size: number; mtimeMs: number }>
  /** Resolves when what was written is on the disk (fsync). */
  sync(): Promise<void>
  close(): Promise<void>
}

export const nodeFiles: Files = fs
