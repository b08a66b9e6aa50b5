import { createHmac } from 'node:crypto'
import type { ClientId } from '@tributary/protocols'
import {
  clientIdOf,
  decodeKeyText,
  EncodedPublicKey,
  EncodedSignature,
  enrolmentTokenHash,
  type VerifySignature,
  verifyEnrolment,
  verifyWithdrawal,
} from '@tributary/protocols/crypto'
import type { Clock, Random } from '@tributary/protocols/runtime'
import { deriveKey } from '../crypto/own-key.ts'
import { ConflictError } from '../faults/storage.ts'
import { earlierResource, rememberReply } from '../idempotency.ts'
import type { AuditEntry, Client, Token } from '../ports/records.ts'
import type { Change, Store } from '../ports/store.ts'
import { isRefusal, type Mistake, type Refusal, refuse } from '../refusal.ts'
import type { ClientService, Idempotency } from '../services.ts'
import { findToken } from './find-token.ts'
import { pastOf } from './past-of.ts'
import { newTokenId, tokenHash, tokenText } from './token-text.ts'

type Needs = {
  clock: Pick<Clock, 'now'>
  random: Random
  store: Pick<Store, 'clients' | 'tokens' | 'reply' | 'commit'>
  /** The coordinator's own 32 bytes. */
  ownKey: Uint8Array
  verify: VerifySignature
  /** The coordinator's id, which statements of withdrawal name. */
  coordinator: string
  /** Cuts the line of a client that was revoked. */
  disconnect(client: ClientId): void
  /** Takes a client that has withdrawn out of the rounds that wait for it. */
  dropOut(client: ClientId): void
}

type EnrolmentToken = Extract<Token, { kind: 'enrolment' }>

/** The fleet: invitations, enrolment, revocation. */
export const createClientService = (needs: Needs): ClientService => {
  const { clock, random, store, ownKey, verify, coordinator, disconnect, dropOut } = needs
  const secretsKey = deriveKey(ownKey, 'enrolment tokens')
  /** Derived from the token's id, so that a repeated invitation can be answered the same though no secret is kept. */
  const textOf = (id: string): string =>
    tokenText('enrolment', id, createHmac('sha256', secretsKey).update(id).digest())

  const invitedBefore = async (idempotency: Idempotency | undefined) => {
    const earlier = await earlierResource(store, idempotency)
    if (!earlier || isRefusal(earlier)) return earlier
    const token = await store.tokens.get(earlier.resource)
    if (token?.kind !== 'enrolment')
      throw new Error(`reply names ${earlier.resource}, which is no invitation`)
    return { token, secret: textOf(token.id) }
  }

  const clientOf = async (id: ClientId): Promise<Client | Refusal> =>
    (await store.clients.get(id)) ??
    refuse('not-found', `there is no client ${id}`, { about: { client: id } })

  return {
    async invite({ name, uses, expiresAt }, actor, idempotency) {
      const earlier = await invitedBefore(idempotency)
      if (earlier) return earlier
      const at = clock.now()
      const id = newTokenId(random)
      const secret = textOf(id)
      const token: EnrolmentToken = {
        kind: 'enrolment',
        id,
        hash: tokenHash(secret),
        name,
        usesLeft: uses,
        expiresAt,
        createdAt: at,
      }
      try {
        await store.commit([
          { kind: 'insert-token', token },
          ...rememberReply(idempotency, id, at),
          audited({
            at,
            actor: actor.id,
            action: 'enrolment-token.created',
            subject: id,
            detail: { name, uses, expiresAt },
          }),
        ])
      } catch (error) {
        // Two requests under one key may race: the one that lost is answered with what the other made.
        const made = error instanceof ConflictError ? await invitedBefore(idempotency) : undefined
        if (made) return made
        throw error
      }
      return { token, secret }
    },

    async enrol(request) {
      const token = await findToken(store, 'enrolment', request.token)
      if (!token) return refuse('unauthenticated', 'this is not an enrolment token of this coordinator')
      const keys = keysOf(request)
      if (isRefusal(keys)) return keys
      const tokenDigest = enrolmentTokenHash(request.token)
      const proof = { tokenHash: tokenDigest, publicKey: keys.bytes, signature: decodeKeyText(keys.proof) }
      if (!verifyEnrolment(proof, verify))
        return refuse('bad-signature', 'the proof is not a signature by this key for this token')
      const id = clientIdOf(keys.bytes)
      const before = await store.clients.get(id)
      if (before) return welcomeBack(before)
      const at = clock.now()
      if (at >= token.expiresAt)
        return refuse('token-expired', 'the enrolment token has expired: ask for another')
      if (token.usesLeft < 1) return tokenSpent()
      const client: Client = {
        id,
        publicKey: keys.publicKey,
        status: 'active',
        enrolledAt: at,
        enrolledBy: token.id,
      }
      try {
        await store.commit([
          { kind: 'spend-token', id: token.id },
          { kind: 'insert-client', client },
          audited({ at, actor: id, action: 'client.enrolled', subject: id, detail: { token: token.id } }),
        ])
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error
        // Somebody was faster: the same key enrolled, or the last use of the token went.
        const now = await store.clients.get(id)
        return now ? welcomeBack(now) : tokenSpent()
      }
      return client
    },

    get: clientOf,

    async revoke(id, actor) {
      const before = await clientOf(id)
      if (isRefusal(before) || before.status !== 'active') return before
      const client: Client = { ...before, status: 'revoked' }
      await store.commit([
        { kind: 'save-client', client },
        audited({
          at: clock.now(),
          actor: actor.id,
          action: 'client.revoked',
          subject: id,
          detail: {},
        }),
      ])
      disconnect(id)
      return client
    },

    async withdraw(id, { signature }) {
      const before = await store.clients.get(id)
      const statement = before && {
        client: id,
        coordinator,
        publicKey: decodeKeyText(before.publicKey),
        signature: decodeKeyText(signature),
      }
      // Nobody learns here which clients there are.
      if (!statement || !verifyWithdrawal(statement, verify))
        return refuse('unauthenticated', `this is no statement of withdrawal by a client of that name here`)
      if (before.status !== 'withdrawn') {
        const client: Client = { ...before, status: 'withdrawn', enrolledBy: '' }
        await store.commit([
          { kind: 'save-client', client },
          audited({ at: clock.now(), actor: id, action: 'client.withdrawn', subject: id, detail: {} }),
        ])
      }
      disconnect(id)
      dropOut(id)
      return { ...before, status: 'withdrawn', enrolledBy: '' }
    },
  }
}

/** A key that is enrolled is answered the same however often it asks; one that was revoked, or has withdrawn, stays so. */
const welcomeBack = (client: Client): Client | Refusal =>
  client.status === 'active'
    ? client
    : refuse('forbidden', `client ${client.id} has ${pastOf(client.status)}: enrol with a new key`, {
        about: { client: client.id },
      })

const tokenSpent = (): Refusal =>
  refuse('token-spent', 'the enrolment token has no uses left: ask for another')

const keysOf = (request: { publicKey: string; proof: string }) => {
  const publicKey = EncodedPublicKey.safeParse(request.publicKey)
  const proof = EncodedSignature.safeParse(request.proof)
  if (publicKey.success && proof.success)
    return { publicKey: publicKey.data, bytes: decodeKeyText(publicKey.data), proof: proof.data }
  const mistakes: Mistake[] = [
    ...(publicKey.success ? [] : [{ path: 'publicKey', message: 'must be 32 bytes in base64url' }]),
    ...(proof.success ? [] : [{ path: 'proof', message: 'must be 64 bytes in base64url' }]),
  ]
  return refuse('invalid', 'the public key or the proof is not well-formed', { mistakes })
}

const audited = (entry: AuditEntry): Change => ({ kind: 'append-audit', entry })
