/** What is done to an update beyond sealing it: noise of this client's own, or the masks of a secure round. */
import { loadKernels } from '@tributary/protocols/kernels'
import { noisedLocally } from '@tributary/protocols/privacy'
import { maskVector } from '@tributary/protocols/secagg'
import { secureVector } from '@tributary/protocols/secure-round'
import { hasSealedVote } from '@tributary/protocols/task'
import { digestOf } from '@tributary/protocols/tensors'
import { messageOf } from '../tributary-error.ts'
import { clipToNorm, l2Norm } from './delta.ts'
import {
  failed,
  type Guard,
  type MadeUpdate,
  type MakingNeeds,
  type Protecting,
  sealBytes,
  sealDelta,
} from './seal-update.ts'

export { protect } from './protection.ts'
export { beginSession } from './secure-session.ts'

/**
 * Clips to what the round promises, and adds this client's own noise where it is this client's to add. Where the norm follows the clients'
 * norms, whether the delta was within it goes along.
 */
export const noiseAndSeal = async (
  needs: MakingNeeds,
  { noise, clipNorm, delta, ...work }: Protecting & Extract<Guard, { kind: 'sealed' }>,
): Promise<MadeUpdate> => {
  const sealed = (values: Float32Array): MadeUpdate => ({
    kind: 'sealed',
    sealed: sealDelta(needs, { ...work, delta: values }),
  })
  if (noise.mechanism === 'none') return sealed(delta)
  if (clipNorm === undefined) return failed('privacy-floor', 'the round does not say what it clips to')
  if (noise.mechanism === 'local') {
    const { noiseMultiplier } = noise
    const kernels = await loadKernels()
    return sealed(noisedLocally(delta, { clipNorm, noiseMultiplier, kernels, random: needs.keyRandom }))
  }
  const isWithin = l2Norm(delta) <= clipNorm
  clipToNorm(delta, clipNorm)
  return sealed(hasSealedVote(work.assignment.privacy) ? votedBy(delta, isWithin) : delta)
}

/** The update as one vector under the session's masks: what it counts and says is in it, and nothing beside it. */
export const maskAndSeal = async (
  needs: MakingNeeds,
  work: Protecting & Extract<Guard, { kind: 'secure' }>,
): Promise<MadeUpdate> => {
  const { invitation, assignment, delta, control, claims, signal, manifest, session } = work
  const kernels = await loadKernels()
  const { model } = assignment
  const { examples, metrics } = claims
  let words: Uint32Array
  try {
    words = secureVector({
      manifest,
      model,
      delta,
      control,
      examples,
      metrics,
      kernels,
      random: needs.keyRandom,
    })
  } catch (error) {
    return failed('training-error', messageOf(error))
  }
  delta.fill(0)
  control?.fill(0)
  const items = await unlessAborted(session.masks(), signal)
  if (!items) {
    words.fill(0)
    return failed('aborted', 'the round ended before its masks were known')
  }
  const packed = maskVector({ words, items, bits: manifest.vector.bits, kernels })
  const masked = session.masked(digestOf(packed), packed.length)
  if (!masked) return failed('aborted', 'the session ended before its vector was masked')
  return { kind: 'sealed', sealed: sealBytes(needs, { invitation, update: packed, claims: { masked } }) }
}

/** The values of an update that says whether its delta was within the norm (T9). */
const votedBy = (delta: Float32Array, isWithin: boolean): Float32Array => {
  const voted = new Float32Array(delta.length + 1)
  voted.set(delta)
  voted[delta.length] = isWithin ? 1 : 0
  return voted
}

/** What the promise gives, or `undefined` once the signal has aborted. */
const unlessAborted = async <T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> => {
  if (signal.aborted) return undefined
  const aborted = Promise.withResolvers<undefined>()
  const abort = () => aborted.resolve(undefined)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
