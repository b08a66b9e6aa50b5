import { existsSync, readFileSync } from 'node:fs'

/** The text of a small file, at once: for settings, before anything else runs. Throws as Node does. */
export const readTextFile = (path: string): string => readFileSync(path, 'utf8')

export const fileExists = (path: string): boolean => existsSync(path)
