/** The protocol's version and how two sides settle on one. */
import * as z from 'zod/mini'

/** Versions this build speaks, newest first. */
export const PROTOCOL_VERSIONS = [1] as const

export const ProtocolVersion = z.int().check(z.minimum(1), z.maximum(1_000))
export type ProtocolVersion = z.infer<typeof ProtocolVersion>

/**
 * The newest version that both sides speak, or `undefined` when there is none.
 * Versions from the future are ignored, so an old side can talk to a new one that still speaks its version.
 */
export const negotiateVersion = (
  ours: readonly number[],
  theirs: readonly number[],
): ProtocolVersion | undefined => {
  const shared = ours.filter((version) => theirs.includes(version))
  return shared.length === 0 ? undefined : Math.max(...shared)
}
