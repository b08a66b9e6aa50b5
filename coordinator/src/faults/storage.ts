/** Faults of storage: the world broke, and the caller is told which way. */

/** A write would have broken a rule of the tables: somebody else was there first. */
export class ConflictError extends Error {
  override name = 'ConflictError'
  readonly what: string
  constructor(what: string, options?: ErrorOptions) {
    super(`conflict: ${what}`, options)
    this.what = what
  }
}

/** The disk, the database or the object store did not do its part. `full` says that space ran out. */
export class StorageError extends Error {
  override name = 'StorageError'
  readonly full: boolean
  constructor(message: string, options: ErrorOptions & { full?: boolean } = {}) {
    super(message, options)
    this.full = options.full ?? false
  }
}

/** More bytes came than were allowed. */
export class TooLargeError extends Error {
  override name = 'TooLargeError'
  readonly maxBytes: number
  constructor(maxBytes: number) {
    super(`more than the ${maxBytes} bytes allowed`)
    this.maxBytes = maxBytes
  }
}
