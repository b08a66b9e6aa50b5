import { existsSync, readFileSync } from 'node:fs'

/** The text of a small file, at once: for settings, before anything else runs. Throws as Node does. */
export const readTextFile = (path: string): string => readFileSync(path, 'utf8')

/** All bytes of a file, at once. Throws as Node does. */
export const readBytesFile = (path: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(path))

export const fileExists = (path: string): boolean => existsSync(path)
