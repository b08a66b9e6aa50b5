/**
 * What a client insists on, whatever a manifest says. The floors that are compiled in can be raised by the application
 * and never lowered.
 */
import type { Digest, RoundId, TaskId } from '../ids.ts'
import type { Audience, Manifest } from './manifest.ts'
import type { ClientRefusal } from './messages.ts'

export type Floors = {
  /** Fewest clients in a sum. */
  least: number
  /** Share of corrupt clients that the graph and thresholds must stand. */
  corrupt: number
  /** Whether the thresholds must stand a coordinator that lies about dropouts. */
  adversary: 'curious' | 'lying'
  /** Whether survivors must confirm one list to each other first. */
  unmasking: 'direct' | 'confirmed'
  /** The least noise on the sum in units of the clipping norm; 0 asks for none. */
  noiseMultiplier: number
}

/** The floors that no application can go below. A demonstration is one only where the client says so itself. */
export const COMPILED_FLOORS: Readonly<Record<Audience, Floors>> = {
  fleet: { least: 20, corrupt: 0.05, adversary: 'lying', unmasking: 'direct', noiseMultiplier: 0 },
  silo: { least: 3, corrupt: 0, adversary: 'lying', unmasking: 'direct', noiseMultiplier: 0 },
  demo: { least: 2, corrupt: 0, adversary: 'curious', unmasking: 'direct', noiseMultiplier: 0 },
}

/** The stricter of what is compiled in and what the application asks for, value by value. */
export const raiseFloors = (audience: Audience, asked: Partial<Floors> = {}): Floors => {
  const floors = COMPILED_FLOORS[audience]
  return {
    least: Math.max(floors.least, asked.least ?? 0),
    corrupt: Math.max(floors.corrupt, asked.corrupt ?? 0),
    adversary: asked.adversary === 'lying' ? 'lying' : floors.adversary,
    unmasking: asked.unmasking === 'confirmed' ? 'confirmed' : floors.unmasking,
    noiseMultiplier: Math.max(floors.noiseMultiplier, asked.noiseMultiplier ?? 0),
  }
}

/** What the client knows itself of the round: what it was invited to, what it has loaded, whom it trusts. */
export type Expectation = {
  task: TaskId
  round: RoundId
  /** Digest of the weights as this client hashed them. */
  model: Digest
  /** Digest of the assignment as this client hashed it. */
  plan: Digest
  /** base64url of the coordinator's Ed25519 key, where it is pinned. */
  coordinator?: string
  audience: Audience
  floors: Floors
}

/** Why the client does not join under this manifest, or `undefined`. */
export const objectionTo = (manifest: Manifest, expected: Expectation): ClientRefusal | undefined => {
  if (manifest.task !== expected.task || manifest.round !== expected.round) return 'other-task'
  if (manifest.model !== expected.model) return 'other-model'
  if (manifest.plan !== expected.plan) return 'other-plan'
  if (expected.coordinator !== undefined && manifest.coordinator !== expected.coordinator)
    return 'other-coordinator'
  return isBelow(manifest, expected) ? 'below-floor' : undefined
}

const isBelow = (
  { audience, cohort, graph, unmasking, privacy }: Manifest,
  expected: Expectation,
): boolean => {
  const { floors } = expected
  const noise = privacy.mechanism === 'none' ? 0 : privacy.noiseMultiplier
  // Shares of the noise that need not be in the sum make up nothing.
  const isThin = privacy.mechanism === 'client-noise' && privacy.survivors > cohort.least
  return (
    audience !== expected.audience ||
    cohort.least < floors.least ||
    graph.corrupt < floors.corrupt ||
    (floors.adversary === 'lying' && graph.adversary !== 'lying') ||
    (floors.unmasking === 'confirmed' && unmasking !== 'confirmed') ||
    noise < floors.noiseMultiplier ||
    (floors.noiseMultiplier > 0 && isThin)
  )
}
