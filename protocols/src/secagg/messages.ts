/** What the two sides of a secure round say to each other, one union for each direction. */
import * as z from 'zod/mini'
import { EncodedNonce, EncodedSignature } from '../crypto/encoded.ts'
import { fromBase64url } from '../crypto/encoding.ts'
import { Digest, RoundId } from '../ids.ts'
import { Advertisement } from './advertisement.ts'
import { BUNDLE_BYTES } from './bundle-format.ts'
import { Joined32, TEXT_OF_32_BYTES } from './joined.ts'
import { MAX_COHORT, Manifest } from './manifest.ts'
import { MaskedMessage } from './masked-message.ts'

export { MaskedMessage }

/** 32 bytes as base64url: session ids, seeds, commitments, digests and shares. */
const Bytes32 = EncodedNonce
const round = RoundId
const session = Bytes32

const Member = z.int().check(z.minimum(0), z.maximum(MAX_COHORT - 1))
/** Members, each once, ascending: one text for each set. */
const Members = z.array(Member).check(
  z.maxLength(MAX_COHORT),
  z.refine((members) => members.every((member, at) => at === 0 || member > (members[at - 1] ?? member)), {
    message: 'members are listed once each, ascending',
  }),
)

/** Digits of a share bundle: 105 bytes are whole groups of three, so that no digit has unused bits. */
export const BUNDLE_TEXT = (BUNDLE_BYTES * 4) / 3
const Bundles = (most: number) =>
  z.string().check(
    z.maxLength(most * BUNDLE_TEXT),
    z.regex(/^[A-Za-z0-9_-]*$/),
    z.refine(
      (text) => text.length % BUNDLE_TEXT === 0,
      `share bundles are ${BUNDLE_TEXT} digits of base64url each`,
    ),
  )

/** For each holder the digests of its two shares of a member's secrets: the mask key's, then the seed's. */
export const DIGESTS_TEXT = 2 * TEXT_OF_32_BYTES
const ShareDigests = (most: number) =>
  Joined32(2 * most).check(
    z.refine((text) => text.length % DIGESTS_TEXT === 0, 'digests of shares come in pairs'),
  )

const Leaves = z
  .string()
  .check(
    z.maxLength(Math.ceil((MAX_COHORT * 32 * 4) / 3)),
    z.refine(isBytesOf32, 'roster leaves are 32 bytes each, in base64url'),
  )

/** The round that a client may join, and everything that it commits to. */
export const ManifestMessage = z.strictObject({
  type: z.literal('secagg-manifest'),
  round,
  manifest: Manifest,
})
export type ManifestMessage = z.infer<typeof ManifestMessage>

/** Who takes part. `members` are the receiver's neighbours; everyone else is a leaf. */
export const RosterMessage = z.strictObject({
  type: z.literal('secagg-roster'),
  round,
  manifest: Digest,
  seedPart: Bytes32,
  degree: z.int().check(z.minimum(1), z.maximum(MAX_COHORT)),
  threshold: z.int().check(z.minimum(1), z.maximum(255)),
  /** 32 bytes for each member, in the order of members. */
  leaves: Leaves,
  members: z.array(z.strictObject({ member: Member, advertisement: Advertisement })).check(z.maxLength(254)),
  /** Ed25519 by the coordinator, over the session id. */
  signature: EncodedSignature,
})
export type RosterMessage = z.infer<typeof RosterMessage>

/** Whose shares have come, and the receiver's own bundles. */
export const BundlesMessage = z.strictObject({
  type: z.literal('secagg-bundles'),
  round,
  session,
  members: Members,
  /** Ascending. There is a bundle from those who deal one to the receiver (`dealtTo`), and digests of all. */
  shares: z
    .array(
      z.strictObject({
        from: Member,
        bundle: z.optional(Bundles(1).check(z.minLength(BUNDLE_TEXT))),
        digests: ShareDigests(1).check(z.minLength(DIGESTS_TEXT)),
      }),
    )
    .check(z.maxLength(254)),
})
export type BundlesMessage = z.infer<typeof BundlesMessage>

/** Whose vectors are in the sum: asks for the shares that open it, or first for a signature that all saw this list. */
export const SurvivorsMessage = z.strictObject({
  type: z.literal('secagg-survivors'),
  round,
  session,
  survivors: Members,
  /** Ed25519 by the coordinator, over session, members and survivors. */
  signature: EncodedSignature,
})
export type SurvivorsMessage = z.infer<typeof SurvivorsMessage>

/** The signatures of the receiver's fellow holders under the one list. */
export const ConfirmationsMessage = z.strictObject({
  type: z.literal('secagg-confirmations'),
  round,
  session,
  confirmations: z
    .array(z.strictObject({ member: Member, signature: EncodedSignature }))
    .check(z.maxLength(255)),
})
export type ConfirmationsMessage = z.infer<typeof ConfirmationsMessage>

export const CoordinatorSecaggMessage = z.discriminatedUnion('type', [
  ManifestMessage,
  RosterMessage,
  BundlesMessage,
  SurvivorsMessage,
  ConfirmationsMessage,
])
export type CoordinatorSecaggMessage = z.infer<typeof CoordinatorSecaggMessage>

export const AdvertiseMessage = z.strictObject({
  type: z.literal('secagg-advertise'),
  round,
  manifest: Digest,
  advertisement: Advertisement,
})
export type AdvertiseMessage = z.infer<typeof AdvertiseMessage>

/** A member's shares, sealed to their holders, and what it can be held to later. */
export const ShareMessage = z.strictObject({
  type: z.literal('secagg-share'),
  round,
  session,
  /** Of the seed of the member's own mask. */
  commitment: Bytes32,
  /** One for each holder, ascending, the member itself among them. */
  digests: ShareDigests(255).check(z.minLength(DIGESTS_TEXT)),
  /** One for each neighbour whose share is not implied, ascending. */
  bundles: Bundles(254),
  signature: EncodedSignature,
})
export type ShareMessage = z.infer<typeof ShareMessage>

export const ConfirmMessage = z.strictObject({
  type: z.literal('secagg-confirm'),
  round,
  session,
  signature: EncodedSignature,
})
export type ConfirmMessage = z.infer<typeof ConfirmMessage>

/** The members whose shares these are, and the shares in their order. */
const Shares = z.strictObject({ members: Members, shares: Joined32(255) }).check(
  z.refine(({ members, shares }) => shares.length === members.length * TEXT_OF_32_BYTES, {
    message: 'there is one share of each member',
  }),
)
export type Shares = z.infer<typeof Shares>

/** For each member of whom the sender holds shares exactly one of the two, or none where it never had a good one. */
export const UnmaskMessage = z.strictObject({
  type: z.literal('secagg-unmask'),
  round,
  session,
  /** Of those who survive. */
  seeds: Shares,
  /** Of those who dropped out. */
  maskKeys: Shares,
  signature: EncodedSignature,
})
export type UnmaskMessage = z.infer<typeof UnmaskMessage>

/** Why a client takes no further part. The first block speaks of the coordinator, or of who sits between. */
export const ClientRefusal = z.enum([
  'other-task',
  'other-model',
  'other-plan',
  'other-coordinator',
  'below-floor',
  'other-manifest',
  'seed-not-committed',
  'cohort-size',
  'not-in-roster',
  'duplicate-member',
  'duplicate-key',
  'low-order-key',
  'other-graph',
  'roster-proof',
  'bad-signature',
  'not-enrolled',
  'other-session',
  'contradiction',
  'out-of-turn',
  'bundle-set',
  'member-set',
  'too-few-alive',
  'survivor-set',
  'self-not-surviving',
  'not-confirmed',
  'second-unmasking',
  'cancelled',
])
export type ClientRefusal = z.infer<typeof ClientRefusal>

export const RefuseMessage = z.strictObject({
  type: z.literal('secagg-refuse'),
  round,
  reason: ClientRefusal,
})

export const ClientSecaggMessage = z.discriminatedUnion('type', [
  AdvertiseMessage,
  ShareMessage,
  MaskedMessage,
  ConfirmMessage,
  UnmaskMessage,
  RefuseMessage,
])
export type ClientSecaggMessage = z.infer<typeof ClientSecaggMessage>

function isBytesOf32(text: string): boolean {
  try {
    return fromBase64url(text).length % 32 === 0
  } catch {
    return false
  }
}
