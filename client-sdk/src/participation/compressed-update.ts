/** A sealed update through the task's stages of compression. */
import { compressionSeed, compressUpdate } from '@tributary/protocols/compression'
import { type Compression, manifestOf } from '@tributary/protocols/task'
import { totalElements } from '@tributary/protocols/tensors'
import { type MadeUpdate, type MakingNeeds, type Protecting, sealBytes } from './seal-update.ts'

/**
 * Compressed, then sealed. With error feedback what earlier updates left out goes with this one, and what this one leaves out is to be kept
 * once it is received: until then, and where it never is, what was kept before stays.
 */
export const compressAndSeal = async (
  needs: MakingNeeds,
  { compression, ...work }: Omit<Protecting, 'signal'> & { compression: Compression },
): Promise<MadeUpdate> => {
  const { invitation, assignment, delta, claims } = work
  const { sparsify } = compression
  const length = totalElements(manifestOf(assignment.model))
  const of = { residual: invitation.assignment.digest }
  const feedsBack = sparsify?.kind === 'top-k' && sparsify.errorFeedback
  const { bytes, residual } = compressUpdate(
    delta,
    { compression, length, beside: delta.length - length },
    {
      seed: compressionSeed({ round: invitation.round, model: invitation.model.digest }),
      random: needs.keyRandom,
      residual: feedsBack ? await needs.variates.load({ ...of, length }) : undefined,
    },
  )
  const sealed = sealBytes(needs, { invitation, update: bytes, claims })
  return { kind: 'sealed', sealed, ...(residual && { variate: { ...of, values: residual } }) }
}
