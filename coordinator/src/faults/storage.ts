/** Faults of storage: the world broke, and the caller is told which way. */
import type { TaskId } from '@tributary/protocols'

/** A write would have broken a rule of the tables: somebody else was there first. */
export class ConflictError extends Error {
  override name = 'ConflictError'
  readonly what: string
  constructor(what: string, options?: ErrorOptions) {
    super(`conflict: ${what}`, options)
    this.what = what
  }
}

/** A write came from a process that no longer drives the task: another holds its lease, or none does. */
export class LeaseLostError extends Error {
  override name = 'LeaseLostError'
  readonly task: TaskId
  constructor(task: TaskId) {
    super(`the lease of task ${task} is no longer held under this token`)
    this.task = task
  }
}

/**
 * The disk, the database or the object store did not do its part. `full` says that space ran out; `uncertain`, that a
 * commit may have been saved although it failed: the tables have to be asked.
 */
export class StorageError extends Error {
  override name = 'StorageError'
  readonly full: boolean
  readonly uncertain: boolean
  constructor(message: string, options: ErrorOptions & { full?: boolean; uncertain?: boolean } = {}) {
    super(message, options)
    this.full = options.full ?? false
    this.uncertain = options.uncertain ?? false
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
