/** Messages, and walks through the machine, for its tests. */

import { ClientId, Digest, ModelVersion, RoundId, TaskId } from '@tributary/protocols'
import { EncodedNonce, EncodedPublicKey, EncodedSignature } from '@tributary/protocols/crypto'
import type { CoordinatorMessage, Invitation, Session } from '@tributary/protocols/messages'
import { type CoordinatorSecaggMessage, Manifest } from '@tributary/protocols/secagg'
import type { Effect } from './effect.ts'
import type { Happening } from './event.ts'
import { participate } from './participate.ts'
import { idle, type Participation } from './state.ts'

export const task = TaskId.parse('digits')
export const round = (number: number): RoundId => RoundId.parse(`digits.${number}`)
export const version = (number: number): ModelVersion => ModelVersion.parse(number)
export const digest = (of: string | number): Digest =>
  Digest.parse(`sha256:${String(of).padStart(2, '0').repeat(64).slice(0, 64)}`)

export const aSession = (name = 'first'): Session => ({ token: `session-${name}-token`, expiresAt: 9e12 })

export const anInvitation = (
  number = 1,
  { inMs = 60_000, session = aSession() }: { inMs?: number; session?: Session } = {},
): Invitation => ({
  type: 'invitation',
  round: round(number),
  task,
  model: { version: version(number), digest: digest(number), bytes: 100 },
  assignment: { digest: digest('ab'), bytes: 50 },
  publicKey: EncodedPublicKey.parse('A'.repeat(43)),
  deadline: { at: 1_000_000, inMs },
  session,
})

/** What the secure round of that number commits to. */
export const aManifest = (number = 1): Manifest =>
  Manifest.parse({
    protocol: 'flsa/1',
    task,
    round: round(number),
    model: digest(number),
    plan: digest('ab'),
    coordinator: 'A'.repeat(43),
    audience: 'demo',
    cohort: { least: 2, most: 3 },
    graph: { adversary: 'lying', corrupt: 0, dropout: 0.3, seedCommitment: 'A'.repeat(43) },
    unmasking: 'direct',
    vector: {
      bits: 26,
      maxWeight: 10,
      segments: [{ name: 'delta', length: 4, bound: 1, averagedBy: 'examples' }],
    },
    privacy: { mechanism: 'none' },
  })

/** To a secure round: its deadline is that of the session's first step. */
export const aSecureInvitation = (...of: Parameters<typeof anInvitation>): Invitation => ({
  ...anInvitation(...of),
  manifest: aManifest(of[0]),
})

type Asked<T extends CoordinatorSecaggMessage['type']> = Extract<CoordinatorSecaggMessage, { type: T }>

export const survivors = (number = 1): Asked<'secagg-survivors'> => ({
  type: 'secagg-survivors',
  round: round(number),
  session: EncodedNonce.parse('A'.repeat(43)),
  survivors: [0, 1],
  signature: EncodedSignature.parse('A'.repeat(86)),
})

export const confirmations = (number = 1): Asked<'secagg-confirmations'> => ({
  type: 'secagg-confirmations',
  round: round(number),
  session: EncodedNonce.parse('A'.repeat(43)),
  confirmations: [],
})

export const challenge: Extract<CoordinatorMessage, { type: 'challenge' }> = {
  type: 'challenge',
  coordinator: 'test',
  nonce: EncodedNonce.parse('A'.repeat(43)),
  protocols: [1],
}

export const welcome = (session = aSession()): CoordinatorMessage => ({
  type: 'welcome',
  client: ClientId.parse(`c-${'0'.repeat(32)}`),
  protocol: 1,
  session,
  now: 0,
})

export const standby: CoordinatorMessage = { type: 'standby', task }

export const published = (number: number): Extract<CoordinatorMessage, { type: 'model-published' }> => ({
  type: 'model-published',
  task,
  model: { version: version(number), digest: digest(number), bytes: 100 },
  assignment: { digest: digest('ab'), bytes: 50 },
  session: aSession(),
})

export const heard = (message: CoordinatorMessage): Happening => ({ type: 'message', message })
export const refusal = (
  reason: Extract<CoordinatorMessage, { type: 'refused' }>['reason'],
  of = 'check-in',
): Happening => heard({ type: 'refused', of, reason })

/** A happening, at a time of its own where the walk's is not meant. */
export type Stride = Happening | { happening: Happening; at: number }

/** Walks the machine; every stride takes 10 ms unless it says when. Chance is always one half. */
export const walk = (...strides: Stride[]): { state: Participation; effects: Effect[]; at: number } =>
  strides.reduce<{ state: Participation; effects: Effect[]; at: number }>(
    (before, stride) => {
      const { happening, at } = 'happening' in stride ? stride : { happening: stride, at: before.at + 10 }
      const { state, effects } = participate(before.state, { ...happening, at, chance: 0.5 })
      return { state, effects: [...effects], at }
    },
    { state: idle(), effects: [], at: 0 },
  )

export const join: Happening = { type: 'join', task }
export const onTheLine: readonly Stride[] = [join, heard(challenge), heard(welcome()), heard(standby)]
export const invited: readonly Stride[] = [...onTheLine, heard(anInvitation())]
export const fetching: readonly Stride[] = [
  ...invited,
  { type: 'decided', round: round(1), decision: { kind: 'accept' } },
]
export const training: readonly Stride[] = [...fetching, { type: 'fetched', round: round(1) }]
export const submitting: readonly Stride[] = [...training, { type: 'sealed', round: round(1) }]
/** A session has begun, and training beside it. */
export const inSession: readonly Stride[] = [
  ...onTheLine,
  heard(aSecureInvitation()),
  { type: 'decided', round: round(1), decision: { kind: 'accept' } },
  { type: 'fetched', round: round(1) },
  { type: 'session-moved', round: round(1), step: 'advertised' },
]
export const submittingMasked: readonly Stride[] = [
  ...inSession,
  { type: 'session-moved', round: round(1), step: 'masked' },
  { type: 'sealed', round: round(1) },
]
export const unmasking: readonly Stride[] = [...submittingMasked, { type: 'acknowledged', round: round(1) }]
/** On a new line after the old one was lost. */
export const lineBack: readonly Stride[] = [
  { type: 'line-closed' },
  { happening: { type: 'time-passed' }, at: 20_000 },
  heard(challenge),
  heard(welcome(aSession('second'))),
]
