/**
 * Branded identifiers. A plain string becomes one of these only through its schema,
 * so that a round's id can never be passed where a client's is meant.
 */
import * as z from 'zod/mini'

/** A task's slug, chosen by whoever creates it: `digits`, `keyboard-en`. */
export const TaskId = z
  .string()
  .check(
    z.regex(
      /^[a-z0-9][a-z0-9-]{0,62}$/,
      'a task id is 1 to 63 of a-z, 0-9 and -, and starts with a letter or digit',
    ),
  )
  .brand<'TaskId'>()
export type TaskId = z.infer<typeof TaskId>

/** A round's id: its task and its number within the task, counted from 1: `digits.12`. */
export const RoundId = z
  .string()
  .check(
    z.regex(
      /^[a-z0-9][a-z0-9-]{0,62}\.[1-9][0-9]{0,9}$/,
      'a round id is its task, a dot and its number: digits.12',
    ),
  )
  .brand<'RoundId'>()
export type RoundId = z.infer<typeof RoundId>

/** A client's id: `c-` and the first 128 bits, in hex, of the SHA-256 of its Ed25519 public key. */
export const ClientId = z
  .string()
  .check(z.regex(/^c-[0-9a-f]{32}$/, 'a client id is c- and 32 lowercase hex digits'))
  .brand<'ClientId'>()
export type ClientId = z.infer<typeof ClientId>

/** The address of immutable bytes: `sha256:` and 64 lowercase hex digits. */
export const Digest = z
  .string()
  .check(z.regex(/^sha256:[0-9a-f]{64}$/, 'a digest is sha256: and 64 lowercase hex digits'))
  .brand<'Digest'>()
export type Digest = z.infer<typeof Digest>

/** A model version's number within its task, counted from 1. */
export const ModelVersion = z.int().check(z.minimum(1), z.maximum(2_147_483_647)).brand<'ModelVersion'>()
export type ModelVersion = z.infer<typeof ModelVersion>

/** Milliseconds since the Unix epoch, by the coordinator's clock. */
export const Instant = z.number().check(z.minimum(0), z.maximum(8.64e15))
export type Instant = z.infer<typeof Instant>

export const roundId = (task: TaskId, number: number): RoundId => RoundId.parse(`${task}.${number}`)

export const taskOfRound = (round: RoundId): TaskId => TaskId.parse(round.slice(0, round.indexOf('.')))

/** Whether the id is one of the task's rounds; false of a text that is no id, as schemas ask before all of it is known to be well-formed. */
export const isRoundOf = (task: string, round: string): boolean =>
  round.includes('.') && round.slice(0, round.indexOf('.')) === task

export const numberOfRound = (round: RoundId): number => Number(round.slice(round.indexOf('.') + 1))
