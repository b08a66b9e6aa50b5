/** From the shares that were shown to the masks that hide the survivors' sum, as work that can be split. */
import { decodeKeyText, encodeNonce, encodePublicKey } from '../../crypto/encoded.ts'
import { fromBase64url } from '../../crypto/encoding.ts'
import { keyPairFromSecret, type X25519 } from '../../crypto/key-agreement.ts'
import { combineShares, type Share } from '../../crypto/shamir.ts'
import type { ClientId } from '../../ids.ts'
import { TEXT_OF_32_BYTES, textAt } from '../joined.ts'
import { pairMaskKey, seedCommitment, selfMaskKey } from '../keys.ts'
import { type MaskItem, pairSign } from '../mask-items.ts'
import { clientOf, graphOfRecord, recordOf, required } from './roster.ts'
import type { Rows } from './rows.ts'
import type { Summing } from './states.ts'

/**
 * One mask to take off the sum: a survivor's own, or one that a survivor shares with a member who dropped out. Plain
 * bytes and numbers, so that it can be handed to a worker.
 */
export type UnmaskJob =
  | { kind: 'self'; member: number; seed: Uint8Array }
  | { kind: 'pair'; survivor: number; dropped: number; secretKey: Uint8Array; peerPublicKey: Uint8Array }

export type Recovery =
  | { kind: 'recovered'; sessionId: Uint8Array; jobs: UnmaskJob[] }
  /** This member dealt shares of something else than it advertised, and nothing can replace them. */
  | { kind: 'wrong-dealing'; culprit: ClientId }

/** The work that takes every mask off the survivors' sum: each secret is checked against what its owner made public. */
export const recoverMasks = (state: Summing, rows: Rows, x25519?: X25519): Recovery => {
  const record = recordOf(rows)
  const sessionId = decodeKeyText(record.session)
  const graph = graphOfRecord(record)
  const alive = new Set(state.survivors)
  const seeds = sharesShown('seeds')
  const maskKeys = sharesShown('maskKeys')
  const jobs: UnmaskJob[] = []
  for (const member of state.members) {
    const client = clientOf(record, member)
    if (alive.has(member)) {
      const { commitment } = required(rows.shares(client), 'dealt shares')
      const seed = secretOf(
        seeds.get(member) ?? [],
        record.threshold,
        (candidate) => encodeNonce(seedCommitment(sessionId, candidate)) === commitment,
      )
      if (!seed) return { kind: 'wrong-dealing', culprit: client }
      jobs.push({ kind: 'self', member, seed })
      continue
    }
    const { maskKey } = advertised(member)
    const secretKey = secretOf(
      maskKeys.get(member) ?? [],
      record.threshold,
      (candidate) => encodePublicKey(keyPairFromSecret(candidate, x25519).publicKey) === maskKey,
    )
    if (!secretKey) return { kind: 'wrong-dealing', culprit: client }
    for (const survivor of graph.neighbours(member))
      if (alive.has(survivor)) {
        const peerPublicKey = decodeKeyText(advertised(survivor).maskKey)
        jobs.push({ kind: 'pair', survivor, dropped: member, secretKey, peerPublicKey })
      }
  }
  return { kind: 'recovered', sessionId, jobs }

  function advertised(member: number) {
    return required(rows.advertisement(clientOf(record, member)), 'an advertisement').advertisement
  }

  /** By owner, each list in the order of its holders. */
  function sharesShown(kind: 'seeds' | 'maskKeys'): Map<number, Share[]> {
    const shown = new Map<number, Share[]>()
    for (const holder of state.answered) {
      const answer = required(rows.answer(clientOf(record, holder)), 'an answer')
      const { members, shares: texts } = answer[kind]
      for (const [at, owner] of members.entries()) {
        const x = graph.shareX(owner, holder)
        if (x === undefined) continue
        const shares = shown.get(owner) ?? []
        shares.push({ x, y: fromBase64url(textAt(texts, TEXT_OF_32_BYTES, at) ?? '') })
        shown.set(owner, shares)
      }
    }
    return shown
  }
}

/** The mask that a job takes off: what the survivor added is subtracted. */
export const maskOfJob = (sessionId: Uint8Array, job: UnmaskJob, x25519?: X25519): MaskItem => {
  if (job.kind === 'self') return { key: selfMaskKey(sessionId, job.seed, job.member), sign: -1 }
  const { survivor, dropped, secretKey, peerPublicKey } = job
  const key = pairMaskKey({
    sessionId,
    secretKey,
    peerPublicKey,
    members: [survivor, dropped],
    ...(x25519 && { x25519 }),
  })
  return { key, sign: pairSign(dropped, survivor) }
}

/**
 * The secret that these shares hold and that passes the check. A dealer may have made some of the shares wrong on
 * purpose: every run of `threshold` neighbouring ones is tried.
 */
const secretOf = (
  shares: readonly Share[],
  threshold: number,
  isRight: (secret: Uint8Array) => boolean,
): Uint8Array | undefined => {
  for (let from = 0; from < shares.length; from++) {
    const some = Array.from({ length: threshold }, (_, at) => shares[(from + at) % shares.length]).filter(
      (share) => share !== undefined,
    )
    if (new Set(some).size < threshold) return undefined
    const secret = combineShares(some)
    if (isRight(secret)) return secret
  }
  return undefined
}
