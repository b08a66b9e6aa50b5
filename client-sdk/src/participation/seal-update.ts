/** What the making of an update ends in: sealed to the round's key and signed, or why there is none. */
import type { RoundId } from '@tributary/protocols'
import { decodeKeyText, type EnvelopePrimitives, type Identity } from '@tributary/protocols/crypto'
import type { FailureReason, Invitation } from '@tributary/protocols/messages'
import type { Clock, Random } from '@tributary/protocols/platform'
import type { DifferentialPrivacySpec } from '@tributary/protocols/privacy'
import type { Manifest } from '@tributary/protocols/secagg'
import type { Assignment } from '@tributary/protocols/task'
import { type Claims, type MaskedClaims, type SealedUpdate, sealUpdate } from '@tributary/protocols/updates'
import type { Trainer } from '../training/trainer.ts'
import type { SecureSession } from './secure-session.ts'
import type { VariateOf, Variates } from './variates.ts'

export type MakingNeeds = {
  identity: Identity
  trainer: Trainer
  clock: Clock
  /** Where training seeds come from. */
  random: Random
  /** Training seeds that are fixed beforehand; drawn where left out. */
  trainingSeed?(round: RoundId): number
  /** Where the envelope's keys come from: the platform's cryptographic source, but in simulations. */
  keyRandom: Random
  /** What this client keeps of its own from round to round. */
  variates: Pick<Variates, 'load'>
  primitives?: EnvelopePrimitives
}

/** How the update is protected before it is sealed. What it takes beyond sealing is loaded when it is needed. */
export type Guard =
  | {
      kind: 'sealed'
      noise: DifferentialPrivacySpec
      /** What deltas are clipped to in this round (L2), where the task promises anything of it. */
      clipNorm?: number
    }
  | { kind: 'secure'; manifest: Manifest; session: Pick<SecureSession, 'masks' | 'masked'> }

export type MadeUpdate =
  | {
      kind: 'sealed'
      sealed: SealedUpdate
      /** What to keep of this client's own vector once the update is received, where the task has one. */
      variate?: VariateOf & { values: Float32Array }
    }
  | { kind: 'failed'; reason: FailureReason; detail: string; cause?: unknown }

export type Protecting = {
  invitation: Invitation
  assignment: Assignment
  delta: Float32Array
  /** By how much the client's control variate changes, where the strategy has one. */
  control?: Float32Array | undefined
  claims: Claims
  signal: AbortSignal
}

export const failed = (reason: FailureReason, detail: string) => ({ kind: 'failed', reason, detail }) as const

export const sealBytes = (
  { identity, keyRandom, primitives }: MakingNeeds,
  {
    invitation,
    update,
    claims,
  }: { invitation: Invitation; update: Uint8Array; claims: Claims | MaskedClaims },
): SealedUpdate => {
  const { task, round, model, publicKey } = invitation
  return sealUpdate({
    ...primitives,
    identity,
    task,
    round,
    model: model.digest,
    roundKey: decodeKeyText(publicKey),
    update,
    claims,
    random: keyRandom,
  })
}
