/**
 * A coordinator that lies about the groups of a round [R27]: it has the same clients in two of them, so that every member
 * of one exists in the other, and tells the victim, who is in both, of one what belongs to the other.
 */
import { describe, expect, test } from 'vitest'
import { encodeNonce, encodePublicKey } from '../../crypto/encoded.ts'
import { toHex } from '../../crypto/encoding.ts'
import { ModelVersion, RoundId } from '../../ids.ts'
import { plainKernels } from '../../kernels/plain.ts'
import { Manifest, manifestDigest } from '../manifest.ts'
import type { ClientRefusal, CoordinatorSecaggMessage } from '../messages.ts'
import { aManifest, digestBytes, expectationOf } from '../session.builders.ts'
import { beginClient } from './begin.ts'
import type { ClientState } from './states.ts'
import {
  advertisementsIn,
  CLIENTS,
  digestAt,
  expectRefused,
  forgedRoster,
  hear,
  lastVictim,
  means,
  victim,
  victimBefore,
} from './victim.builders.ts'

const inGroup = (group: number): Manifest => aManifest(CLIENTS, { group, unmasking: 'confirmed' })
const before = <T extends CoordinatorSecaggMessage['type']>(type: T, group: number) => {
  const { state, honest, rows } = victimBefore(type, inGroup(group))
  if (honest.type !== type) throw new Error(`it is no ${type}`)
  return { state, rows, honest: honest as Extract<CoordinatorSecaggMessage, { type: T }> }
}
const [roster, otherRoster] = [before('secagg-roster', 0), before('secagg-roster', 1)]
const [bundles, otherBundles] = [before('secagg-bundles', 0), before('secagg-bundles', 1)]
const [survivors, otherSurvivors] = [before('secagg-survivors', 0), before('secagg-survivors', 1)]
const [confirmations, otherConfirmations] = [
  before('secagg-confirmations', 0),
  before('secagg-confirmations', 1),
]
const otherManifest = {
  type: 'secagg-manifest',
  round: roster.honest.round,
  manifest: inGroup(1),
} as const
const masking = hear(bundles.state, bundles.honest).state
const { session } = bundles.honest

const STATES: [string, ClientState][] = [
  ['has advertised', roster.state],
  ['has shared', bundles.state],
  ['masks', masking],
  ['has masked', survivors.state],
  ['has confirmed', confirmations.state],
]

describe('[R27] [M9] a client that is in one group and', () => {
  test.each(STATES)('%s is not told that it is in another, and is shown its own again', (_, state) => {
    const step = hear(state, otherManifest)
    expectRefused(step, 'contradiction')
    const { evidence } = step.state.phase === 'ended' ? step.state : expect.fail('it has not ended')
    expect(evidence.at(-1)).toEqual(otherManifest)
    expect(hear(state, { ...otherManifest, manifest: inGroup(0) }).state).toBe(state)
  })

  test.each(STATES)('%s refuses the roster of another', (_, state) => {
    const step = hear(state, otherRoster.honest)
    expectRefused(step, state.phase === 'advertised' ? 'other-manifest' : 'contradiction')
    expect(step.state).toMatchObject({
      evidence: state.phase === 'advertised' ? [otherRoster.honest] : [roster.honest, otherRoster.honest],
    })
    if (state.phase !== 'advertised') expect(hear(state, roster.honest).state).toBe(state)
  })

  const lies: [string, () => [ClientState, CoordinatorSecaggMessage], ClientRefusal][] = [
    [
      'the roster of another under its own manifest',
      () => [roster.state, { ...otherRoster.honest, manifest: roster.honest.manifest }],
      'not-in-roster',
    ],
    [
      'a roster in which a neighbour’s keys are those that it advertised to another',
      () => {
        const list = advertisementsIn(bundles.rows)
        const swapped = list.map((own, at) =>
          at === 1 ? (advertisementsIn(otherBundles.rows)[1] ?? own) : own,
        )
        return [roster.state, forgedRoster(roster.honest, { list: swapped, manifest: inGroup(0) })]
      },
      'bad-signature',
    ],
    ['bundles of another', () => [bundles.state, otherBundles.honest], 'other-session'],
    ['survivors of another', () => [survivors.state, otherSurvivors.honest], 'other-session'],
    [
      'survivors of another as its own',
      () => [survivors.state, { ...otherSurvivors.honest, session }],
      'bad-signature',
    ],
    ['confirmations of another', () => [confirmations.state, otherConfirmations.honest], 'other-session'],
    [
      'confirmations of another as its own',
      () => [confirmations.state, { ...otherConfirmations.honest, session }],
      'not-confirmed',
    ],
  ]
  test.each(lies)('is told %s: it refuses', (_, lie, reason) => {
    const [state, message] = lie()
    const step = hear(state, message)
    expectRefused(step, reason)
    expect(step.state.phase === 'ended' && step.state.evidence.at(-1)).toEqual(message)
  })

  test('a roster that the test forges is the honest one where nothing in it is another’s', () => {
    const list = advertisementsIn(bundles.rows)
    expect(forgedRoster(roster.honest, { list, manifest: inGroup(0) })).toEqual(roster.honest)
  })

  test('is handed another’s shares as its own: none of them is held, implied or in a bundle', () => {
    for (const whose of [victim, lastVictim]) {
      const own = victimBefore('secagg-bundles', inGroup(0), whose)
      const others = victimBefore('secagg-bundles', inGroup(1), whose)
      if (own.honest.type !== 'secagg-bundles' || others.honest.type !== 'secagg-bundles')
        return expect.fail('these are no bundles')
      const { state } = hear(own.state, { ...others.honest, session: own.honest.session })
      if (state.phase !== 'masking') return expect.fail('it is not masking')
      expect(others.honest.shares.map(({ from }) => state.held.get(from))).toEqual(
        others.honest.shares.map(() => undefined),
      )
    }
  })
})

describe('[M5] a client that a coordinator puts in two groups', () => {
  const begun = (manifest: Manifest, entropy: Uint8Array) => {
    const { state } = beginClient(
      {
        message: { type: 'secagg-manifest', round: manifest.round, manifest },
        expected: expectationOf(manifest),
        entropy,
      },
      means,
    )
    if (state.phase !== 'advertised') return expect.fail('it has not begun')
    const { channelKey, maskKey, nonce } = state.sent.advertisement
    return [channelKey, maskKey, nonce]
  }

  test('has other keys in each, and in each session: even if its entropy were the same', () => {
    const made = [
      begun(inGroup(0), digestBytes('entropy')),
      begun(inGroup(1), digestBytes('entropy')),
      begun(inGroup(0), digestBytes('other entropy')),
    ].flat()
    expect(new Set(made).size).toBe(made.length)
    expect(begun(inGroup(0), digestBytes('entropy'))).toEqual(made.slice(0, 3))
  })

  test('shares no mask with the members of one in the other', () => {
    const maskOf = (state: ClientState, message: CoordinatorSecaggMessage) => {
      const { effects } = hear(state, message)
      return effects.flatMap((effect) => (effect.type === 'mask' ? effect.items : []))
    }
    const [one, two] = [
      maskOf(bundles.state, bundles.honest),
      maskOf(otherBundles.state, otherBundles.honest),
    ]
    expect(new Set([...one, ...two].map(({ key }) => toHex(key))).size).toBe(2 * CLIENTS)
    const words = new Uint32Array(4)
    for (const item of one) plainKernels.chacha20Add(words, item)
    for (const { key, sign } of two) plainKernels.chacha20Add(words, { key, sign: sign === 1 ? -1 : 1 })
    expect([...words].filter((word) => word !== 0)).toHaveLength(4)
  })
})

test('[M1] every value of a manifest is in its digest, and so in every key', () => {
  const manifest = aManifest(CLIENTS, {
    group: 2,
    privacy: {
      mechanism: 'client-noise',
      noiseMultiplier: 1,
      maxNorm: 2,
      noise: 'skellam',
      survivors: 2,
      countNoise: 3,
    },
  })
  const { cohort, graph, vector, privacy } = manifest
  const [segment = expect.fail('there is no segment'), ...rest] = vector.segments
  if (privacy.mechanism !== 'client-noise') return expect.fail('it has no noise')
  const segmentWith = (changes: Partial<typeof segment>): Manifest['vector'] => ({
    ...vector,
    segments: [{ ...segment, ...changes }, ...rest],
  })
  // Whoever adds a key to manifests has to say here what it may be changed to.
  const changes: { [Key in Exclude<keyof Manifest, 'protocol' | 'task'>]-?: Manifest[Key][] } = {
    round: [RoundId.parse('digits.4')],
    model: [digestAt(1)],
    plan: [digestAt(2)],
    coordinator: [encodePublicKey(victim.publicKey)],
    audience: ['silo', 'fleet'],
    cohort: [
      { ...cohort, least: cohort.least + 1 },
      { ...cohort, most: cohort.most + 1 },
    ],
    graph: [
      { ...graph, adversary: 'curious' },
      { ...graph, corrupt: 0.1 },
      { ...graph, dropout: 0.1 },
      { ...graph, seedCommitment: encodeNonce(digestBytes('another')) },
    ],
    group: [undefined, 0, 1],
    refines: [RoundId.parse('digits.2')],
    carried: [{ since: ModelVersion.parse(1) }],
    unmasking: ['confirmed'],
    vector: [
      { ...vector, bits: 27 },
      { ...vector, maxWeight: 999 },
      { ...vector, segments: rest },
      segmentWith({ name: 'whom' }),
      segmentWith({ length: CLIENTS + 1 }),
      segmentWith({ bound: 2 }),
      segmentWith({ averagedBy: 'examples' }),
    ],
    privacy: [
      { mechanism: 'none' },
      { mechanism: 'coordinator-noise', noiseMultiplier: 1, maxNorm: 2 },
      { ...privacy, noiseMultiplier: 2 },
      { ...privacy, maxNorm: 1 },
      { ...privacy, noise: 'discrete-gaussian' },
      { ...privacy, survivors: 3 },
      { ...privacy, countNoise: 4 },
    ],
  }
  const changed = Object.entries(changes).flatMap(([key, values]) =>
    values.map((value) => Manifest.parse({ ...manifest, [key]: value })),
  )
  changed.push(Manifest.parse({ ...manifest, task: 'letters', round: 'letters.3' }))
  expect(new Set([manifest, ...changed].map(manifestDigest)).size).toBe(1 + changed.length)
})
