import type { Instant, TaskId } from '@tributary/protocols'
import type { RoundKey } from './records.ts'

/** A lease as it stands in the tables, run out or not. */
export type LeaseStanding = {
  task: TaskId
  /** The process that has it; none once it was let go. */
  holder: string | undefined
  expiresAt: Instant
  /** By the tables' own clock; below zero where it has run out. */
  leftMs: number
}

/** What is in the tables that no snapshot shows, for whoever examines them beside the processes that write. */
export type Standing = {
  /** In the order of their tasks. */
  leases: LeaseStanding[]
  /** Sealed keys of rounds that are not done, in the order of their rounds. */
  roundKeys: RoundKey[]
}
