/** A client in the hands of a coordinator that lies, for tests. */
import { expect } from 'vitest'
import { encodeSignature } from '../../crypto/encoded.ts'
import { concatBytes, toBase64url } from '../../crypto/encoding.ts'
import type { Identity } from '../../crypto/identity.ts'
import { Digest } from '../../ids.ts'
import type { Advertisement } from '../advertisement.ts'
import { graphParameters } from '../graph-parameters.ts'
import { type Manifest, manifestDigest } from '../manifest.ts'
import type { ClientRefusal, CoordinatorSecaggMessage, RosterMessage } from '../messages.ts'
import type { Rows } from '../server/rows.ts'
import {
  aManifest,
  coordinator,
  nodeVerify,
  nodeX25519,
  playSession,
  seedPart,
  someIdentities,
} from '../session.builders.ts'
import { graphOf, rosterLeaf, sessionIdOf } from '../session.ts'
import { rosterStatement } from '../statements.ts'
import type { ClientMeans, ClientState, ClientStep } from './states.ts'
import { clientTransition } from './transition.ts'

export const CLIENTS = 5
export const identities = someIdentities(CLIENTS + 1)
export const identityAt = (place: number): Identity => identities[place] ?? expect.fail('no such identity')
export const victim = someIdentities(CLIENTS)[0] ?? expect.fail('there are no clients')
export const means: ClientMeans = { identity: victim, x25519: nodeX25519, verifySignature: nodeVerify }
/** The last of the members, to whom every other deals a bundle: the first shares are implied, and the victim's are the first. */
export const lastVictim = someIdentities(CLIENTS).at(-1) ?? expect.fail('there are no clients')
export const direct = aManifest(CLIENTS)
export const confirmed = aManifest(CLIENTS, { unmasking: 'confirmed' })

/** The victim as it is when a message of this type is about to reach it, and that message. */
export const victimBefore = <T extends CoordinatorSecaggMessage['type']>(
  type: T,
  manifest: Manifest = direct,
  whose: Identity = victim,
) => {
  let honest: CoordinatorSecaggMessage | undefined
  const played = playSession({
    manifest,
    clients: CLIENTS,
    pauseAt: (message, to) => {
      if (to !== whose.clientId || message.type !== type) return false
      honest = message
      return true
    },
  })
  const state = played.states.get(whose.clientId) ?? expect.fail('the victim has not begun')
  return { ...played, state, honest: honest ?? expect.fail(`no ${type} came`) }
}

export const hear = (state: ClientState, ...messages: CoordinatorSecaggMessage[]): ClientStep =>
  messages.reduce<ClientStep>(
    (step, message) => clientTransition(step.state, { type: 'message', message }, means),
    {
      state,
      effects: [],
    },
  )

/** The session is over for this reason, nothing but that is said, what was heard is kept, and secrets are handed over to be erased. */
export const expectRefused = (step: ClientStep, reason: ClientRefusal) => {
  expect(step.state).toMatchObject({ phase: 'ended', reason })
  const { evidence } = step.state.phase === 'ended' ? step.state : expect.fail('it has not ended')
  expect(evidence).not.toEqual([])
  const secrets = step.effects.flatMap((effect) => (effect.type === 'erase' ? effect.secrets : []))
  // Before it joined it has none, and none any more since it has answered.
  const hasNone = reason === 'second-unmasking' || step.effects.length === 1
  if (hasNone && reason !== 'second-unmasking')
    expect(evidence.map(({ type }) => type)).toEqual(['secagg-manifest'])
  else if (!hasNone) expect(secrets.length).toBeGreaterThan(0)
  expect(step.effects.map((effect) => (effect.type === 'send' ? effect.message : effect.type))).toEqual(
    step.effects.some(({ type }) => type === 'erase')
      ? [{ type: 'secagg-refuse', round: 'digits.3', reason }, 'erase']
      : [{ type: 'secagg-refuse', round: 'digits.3', reason }],
  )
}

/** Of every member, in the order of members. */
export const advertisementsIn = (rows: Rows): Advertisement[] =>
  (rows.session()?.clients ?? []).map(
    (client) => rows.advertisement(client)?.advertisement ?? expect.fail('no advertisement'),
  )

/** What a coordinator could make of these advertisements for the victim, consistent and signed. */
export const forgedRoster = (
  roster: RosterMessage,
  given: { list: readonly Advertisement[]; manifest?: Manifest; changes?: Partial<RosterMessage> },
): RosterMessage => {
  const { list, manifest = direct, changes = {} } = given
  const digest = manifestDigest(manifest)
  const leaves = list.map((advertisement) => rosterLeaf(digest, advertisement))
  const found =
    graphParameters({ ...manifest.graph, clients: list.length }) ?? expect.fail('there is no graph')
  const parameters = {
    degree: changes.degree ?? found.degree,
    threshold: changes.threshold ?? found.threshold,
  }
  const terms = { manifest: digest, leaves, seedPart, parameters }
  const own = list.findIndex(({ client }) => client === victim.clientId)
  const around = own < 0 ? [1, 2, 3, 4] : graphOf(terms).neighbours(own)
  return {
    ...roster,
    ...parameters,
    leaves: toBase64url(concatBytes(...leaves)),
    members: around.flatMap((member) => {
      const advertisement = list[member]
      return advertisement ? [{ member, advertisement }] : []
    }),
    signature: encodeSignature(coordinator.sign(rosterStatement(sessionIdOf(terms)))),
    ...changes,
  }
}

/** A digest of nothing in particular. */
export const digestAt = (number: number): Digest =>
  Digest.parse(`sha256:${String(number).padStart(2, '0').repeat(32)}`)
