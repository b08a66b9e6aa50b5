/** A delta through the task's stages of compression. */
import { compressedFormOf, compressionSeed, compressUpdate } from '@tributary/protocols/compression'
import type { Invitation } from '@tributary/protocols/messages'
import type { Random } from '@tributary/protocols/platform'
import type { Assignment } from '@tributary/protocols/task'
import type { VariateOf, Variates } from './variates.ts'

/**
 * The bytes to seal, or undefined where the task asks for no compression. With error feedback what earlier updates left out goes with this one, and `variate` is what this one leaves out, to be kept
 * once it is received: until then, and where it never is, what was kept before stays.
 * @param delta And behind it what goes beside it.
 */
export const compressedDelta = async (
  delta: Float32Array,
  { invitation, assignment }: { invitation: Invitation; assignment: Assignment },
  { keyRandom, variates }: { keyRandom: Random; variates: Pick<Variates, 'load'> },
): Promise<{ bytes: Uint8Array; variate?: VariateOf & { values: Float32Array } } | undefined> => {
  const form = compressedFormOf(assignment)
  if (!form) return undefined
  const { sparsify } = form.compression
  const of = { residual: invitation.assignment.digest }
  const feedsBack = sparsify?.kind === 'top-k' && sparsify.errorFeedback
  const { bytes, residual } = compressUpdate(delta, form, {
    seed: compressionSeed({ round: invitation.round, model: invitation.model.digest }),
    random: keyRandom,
    residual: feedsBack ? await variates.load({ ...of, length: form.length }) : undefined,
  })
  return { bytes, ...(residual && { variate: { ...of, values: residual } }) }
}
