/**
 * A client's side of a secure round, as a value. A transition is pure: what it needs of chance is one piece of entropy
 * that came with the invitation, from which every key and share follows, so the same event gives the same bytes.
 *
 *                manifest          roster           bundles            vector masked        survivors
 *     (begin) ─────────────▶ advertised ──▶ shared ────────▶ masking ───────────▶ masked ─────────────▶ answered
 *                                                                                    └▶ confirming ──────┘
 *     any ── something that an honest coordinator never says ──▶ ended (a reason, and evidence)
 *
 * Messages may be lost and repeated: an answer is kept and sent again, unchanged, to the same question. A different
 * question of the same kind is a contradiction, and ends it.
 */
import type { VerifySignature } from '../../crypto/ed25519.ts'
import type { Identity } from '../../crypto/identity.ts'
import type { X25519 } from '../../crypto/key-agreement.ts'
import type { ClientId, Digest } from '../../ids.ts'
import type { MaskItem } from '../mask-items.ts'
import type {
  AdvertiseMessage,
  ClientRefusal,
  ClientSecaggMessage,
  ConfirmMessage,
  CoordinatorSecaggMessage,
  MaskedMessage,
  ShareMessage,
  SurvivorsMessage,
  UnmaskMessage,
} from '../messages.ts'
import type { Joining } from './begin.ts'
import type { ClientSession, HeldShares } from './session.ts'

export type ClientState =
  | Advertised
  | Shared
  | Masking
  | Masked
  | Confirming
  | Answered
  /** Nothing is secret any more, and nothing is answered. */
  | { phase: 'ended'; reason: ClientRefusal; evidence: readonly CoordinatorSecaggMessage[] }

/** Keys are advertised; the roster is awaited. */
export type Advertised = { phase: 'advertised'; joining: Joining; sent: AdvertiseMessage }
/** Shares are dealt; others' are awaited. */
export type Shared = { phase: 'shared'; session: ClientSession; sent: ShareMessage }
/** Masks are known; the trained vector is awaited. */
export type Masking = {
  phase: 'masking'
  session: ClientSession
  members: readonly number[]
  held: HeldShares
}
/** The vector is masked, once; the list of survivors is awaited. */
export type Masked = {
  phase: 'masked'
  session: ClientSession
  members: readonly number[]
  held: HeldShares
  sent: MaskedMessage
}
/** The list of survivors is signed; others' signatures are awaited. */
export type Confirming = {
  phase: 'confirming'
  session: ClientSession
  members: readonly number[]
  survivors: readonly number[]
  held: HeldShares
  asked: SurvivorsMessage
  sent: ConfirmMessage
}
/** The shares are shown and forgotten; the one answer is kept to be repeated. */
export type Answered = { phase: 'answered'; asked: SurvivorsMessage; sent: UnmaskMessage }

export type ClientEvent =
  | { type: 'message'; message: CoordinatorSecaggMessage }
  /** The vector is masked, and will be uploaded as these bytes. */
  | { type: 'vector-masked'; vector: Digest; bytes: number }
  | { type: 'cancelled' }

export type ClientEffect =
  | { type: 'send'; message: ClientSecaggMessage }
  /** Mask the trained vector under these, once (`maskVector`), and say so by `vector-masked`. */
  | { type: 'mask'; items: MaskItem[] }
  /** Overwrite these bytes: their use is over. */
  | { type: 'erase'; secrets: Uint8Array[] }

export type ClientStep = { state: ClientState; effects: ClientEffect[] }

/** What a transition computes with. All of it is deterministic. */
export type ClientMeans = {
  identity: Identity
  /** Clients that are known to be enrolled, where the application knows: everyone else is taken for the coordinator's invention. */
  enrolled?: ReadonlySet<ClientId>
  x25519?: X25519
  verifySignature?: VerifySignature
}
