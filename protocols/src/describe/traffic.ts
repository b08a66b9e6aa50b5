/** What a client of a task receives and sends. */

import { sealedBytes } from '../crypto/envelope-sizes.ts'
import { maskedVectorBytes } from '../secure-round/round-layout.ts'
import { type Assignment, encodeAssignment } from '../task/assignment.ts'
import { travelling } from '../task/personal-layers.ts'
import { manifestOf } from '../task/plain-model.ts'
import { updateManifestOf } from '../task/update-manifest.ts'
import { safetensorsBytes, totalBytes } from '../tensors/index.ts'
import { compressedFormOf } from '../updates/compression/compressed-form.ts'
import { mostCompressedBytes } from '../updates/compression/sizes.ts'

export type Traffic = {
  /** Once in a client's life in this task. */
  once: { assignment: number; frozen: number }
  /** In each round: a version's weights, and the strategy's vectors. */
  down: { weights: number; carried: number }
  /** In each round: the update as it is sealed; where compression leaves a choice, the largest. */
  up: { sealed: number; form: 'plain' | 'compressed' | 'masked' }
}

/** In bytes, of bodies alone: neither messages on the line nor headers of HTTP are counted. */
export const trafficOf = (assignment: Assignment): Traffic => {
  const { model, strategy } = assignment
  const manifest = manifestOf(model)
  return {
    once: { assignment: encodeAssignment(assignment).length, frozen: model.frozen?.weights.bytes ?? 0 },
    down: {
      weights: safetensorsBytes(manifest),
      carried: strategy?.name === 'scaffold' ? totalBytes(manifest) : 0,
    },
    up: upOf(travelling(assignment)),
  }
}

/** Layers that are each client's own are in no update. */
const upOf = (assignment: Assignment): Traffic['up'] => {
  if (assignment.privacy?.mode === 'secure-aggregation')
    return { sealed: sealedBytes(maskedVectorBytes(assignment)), form: 'masked' }
  const compressed = compressedFormOf(assignment)
  return compressed
    ? { sealed: sealedBytes(mostCompressedBytes(compressed)), form: 'compressed' }
    : { sealed: sealedBytes(safetensorsBytes(updateManifestOf(assignment))), form: 'plain' }
}
