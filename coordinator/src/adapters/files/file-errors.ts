import { StorageError } from '../../faults/storage.ts'

/** No space left, or a quota used up. */
const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT'])

/** The system's code for what went wrong: `ENOENT`, `ENOSPC`, … */
export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

/** A failure of the file system as a `StorageError` that says what was being done. */
export const fileError = (cause: unknown, doing: string): StorageError => {
  if (cause instanceof StorageError) return cause
  const code = errorCode(cause)
  const full = code !== undefined && FULL.has(code)
  const why = full
    ? `${code}, no space left; free some, nothing that was acknowledged is lost`
    : (code ?? 'failed')
  return new StorageError(`${doing}: ${why}`, { cause, full })
}

/** Runs it, and turns whatever is thrown into a `StorageError`. */
export const asFileError = async <T>(doing: string, act: () => Promise<T>): Promise<T> => {
  try {
    return await act()
  } catch (cause) {
    throw fileError(cause, doing)
  }
}

/** Answers `undefined` where there is no such file. */
export const unlessMissing = async <T>(found: Promise<T>): Promise<T | undefined> => {
  try {
    return await found
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}
