/**
 * The coordinator's side of a secure round, as a value: small JSON that a restarted process goes on from, with the rows
 * (`rows.ts`) beside it. The masked vectors are blobs, folded into an accumulator when their list is closed.
 *
 *     advertising ──▶ sharing ──▶ masking ──┬─▶ confirming ──▶ unmasking ──▶ summing ──▶ completed
 *                                           └────────────────▶
 *     any ── too few are left, or the sum is none ──▶ abandoned (a reason, and who is to blame where that is known)
 *
 * A step ends when everyone has done it, or at its deadline with enough. Whoever is silent, says what an honest client
 * does not, or says it in the wrong step, is dropped with a reason; the round goes on without it.
 */
import * as z from 'zod/mini'
import type { VerifySignature } from '../../crypto/ed25519.ts'
import { EncodedNonce, EncodedSignature } from '../../crypto/encoded.ts'
import type { X25519 } from '../../crypto/key-agreement.ts'
import type { Sha256 } from '../../crypto/signing-bytes.ts'
import { ClientId } from '../../ids.ts'
import { Manifest } from '../manifest.ts'
import type { ClientSecaggMessage } from '../messages.ts'
import type { Row } from './rows.ts'

/** Why a client is no longer of the session. */
export const DropReason = z.enum([
  'silent',
  'left',
  'refused',
  'malformed',
  'wrong-step',
  'contradiction',
  'other-manifest',
  'other-session',
  'not-itself',
  'bad-signature',
  'low-order-key',
  'duplicate-key',
  'cohort-full',
  'wrong-count',
  'too-few-neighbours',
  'wrong-length',
  'wrong-vector',
  'wrong-kind',
  'wrong-share',
])
export type DropReason = z.infer<typeof DropReason>
export const Drop = z.strictObject({ client: ClientId, reason: DropReason })
export type Drop = z.infer<typeof Drop>

export const SecaggAbandonReason = z.enum([
  'too-few-clients',
  'no-graph',
  /** Too few holders are left to open some member's secret. */
  'too-few-shares',
  /** A member dealt shares of something other than it promised: it is named. */
  'wrong-dealing',
  /** The sum lies outside what so many honest vectors add up to. */
  'out-of-range',
  'cancelled',
])
export type SecaggAbandonReason = z.infer<typeof SecaggAbandonReason>

const Members = z.array(z.int().check(z.minimum(0)))
const common = { manifest: Manifest, dropped: z.array(Drop) }

/** Waits for keys. */
export const Advertising = z.strictObject({
  phase: z.literal('advertising'),
  ...common,
  /** The coordinator's part of the graph's seed: secret until the roster is closed. */
  seedPart: EncodedNonce,
  invited: z.array(ClientId),
  advertised: z.array(ClientId),
})
export type Advertising = z.infer<typeof Advertising>

/** Waits for shares. Members are places in the roster. */
export const Sharing = z.strictObject({ phase: z.literal('sharing'), ...common, shared: Members })
export type Sharing = z.infer<typeof Sharing>

/** Waits for masked vectors of those who dealt shares. */
export const Masking = z.strictObject({
  phase: z.literal('masking'),
  ...common,
  members: Members,
  inputs: Members,
})
export type Masking = z.infer<typeof Masking>

const closed = { ...common, members: Members, survivors: Members, signature: EncodedSignature }

/** Waits for signatures under the list of survivors. */
export const Confirming = z.strictObject({ phase: z.literal('confirming'), ...closed, confirmed: Members })
export type Confirming = z.infer<typeof Confirming>

/** Waits for shares of what hides the survivors' sum. */
export const Unmasking = z.strictObject({
  phase: z.literal('unmasking'),
  ...closed,
  /** Who confirmed, where that was asked for. */
  confirmed: Members,
  answered: Members,
})
export type Unmasking = z.infer<typeof Unmasking>

/** Has all it needs; the sum is being made. */
export const Summing = z.strictObject({ phase: z.literal('summing'), ...closed, answered: Members })
export type Summing = z.infer<typeof Summing>

/** A session that waits for clients. */
export const OpenSession = z.discriminatedUnion('phase', [
  Advertising,
  Sharing,
  Masking,
  Confirming,
  Unmasking,
])
export type OpenSession = z.infer<typeof OpenSession>

export const Completed = z.strictObject({
  phase: z.literal('completed'),
  ...common,
  survivors: Members,
})
export const Abandoned = z.strictObject({
  phase: z.literal('abandoned'),
  ...common,
  reason: SecaggAbandonReason,
  culprit: z.optional(ClientId),
})

export const ServerState = z.discriminatedUnion('phase', [
  Advertising,
  Sharing,
  Masking,
  Confirming,
  Unmasking,
  Summing,
  Completed,
  Abandoned,
])
export type ServerState = z.infer<typeof ServerState>

export type ServerEvent =
  /** A masked vector's message counts only once its bytes are kept, and are of its digest. */
  | { type: 'message'; from: ClientId; message: ClientSecaggMessage }
  /** What a client sent was no message, or its vector no vector. */
  | { type: 'malformed'; from: ClientId }
  /** The client will not come back for this round. */
  | { type: 'left'; client: ClientId }
  | { type: 'deadline' }
  | { type: 'summed' }
  | { type: 'not-summed'; reason: SecaggAbandonReason; culprit?: ClientId }
  | { type: 'cancelled' }

export type ServerEffect =
  /** Send each of these what `messageFor` the new state has for it. */
  | { type: 'tell'; clients: ClientId[] }
  | { type: 'dropped'; client: ClientId; reason: DropReason }
  /** Fold the survivors' vectors, recover their masks and take them off (`recoverMasks`). */
  | { type: 'sum' }

/** To be saved as one: the state and its new rows. Then the effects. */
export type Decision = { state: ServerState; rows: Row[]; effects: ServerEffect[] }

/** What a transition computes with. All of it is deterministic. */
export type ServerMeans = {
  /** Ed25519 under the key that the manifest names. */
  sign(statement: Uint8Array): Uint8Array
  x25519?: X25519
  verifySignature?: VerifySignature
  sha256?: Sha256
}
