/** What is done to an update beyond sealing it: noise of this client's own, or the masks of a secure round. */
import './lazily.ts'
import { loadVectorKernels } from '@tributary/protocols/kernels'
import { noisedLocally } from '@tributary/protocols/privacy'
import { maskVector } from '@tributary/protocols/secagg'
import { DELTA_SEGMENT, refiningWeight, secureVector } from '@tributary/protocols/secure-round'
import { hasSealedVote, manifestOf } from '@tributary/protocols/task'
import { digestOf, firstNonFinite } from '@tributary/protocols/tensors'
import { messageOf } from '../tributary-error.ts'
import { clipToNorm, l2Norm } from './delta.ts'
import type { KeptTraining } from './kept-training.ts'
import type { LoadedModel } from './load-model.ts'
import {
  failed,
  type Guard,
  type MadeUpdate,
  type MakingNeeds,
  type Protecting,
  sealBytes,
} from './seal-update.ts'

type Failed = ReturnType<typeof failed>

export { loadVectorKernels } from '@tributary/protocols/kernels'
export { createKeptTraining } from './kept-training.ts'
export { protect } from './protection.ts'
export { beginSession } from './secure-session.ts'

/**
 * Clips to what the round promises, and adds this client's own noise where it is this client's to add. Where the norm follows the clients'
 * norms, whether the delta was within it goes along.
 */
export const noised = async (
  { keyRandom }: Pick<MakingNeeds, 'keyRandom'>,
  { noise, clipNorm, delta, assignment }: Protecting & Extract<Guard, { kind: 'sealed' }>,
): Promise<Float32Array | Failed> => {
  if (noise.mechanism === 'none') return delta
  if (clipNorm === undefined) return failed('privacy-floor', 'the round does not say what it clips to')
  if (noise.mechanism === 'local') {
    const { noiseMultiplier } = noise
    const kernels = await loadVectorKernels()
    return noisedLocally(delta, { clipNorm, noiseMultiplier, kernels, random: keyRandom })
  }
  const isWithin = l2Norm(delta) <= clipNorm
  clipToNorm(delta, clipNorm)
  return hasSealedVote(assignment.privacy) ? votedBy(delta, isWithin) : delta
}

/** The update as one vector under the session's masks: what it counts and says is in it, and nothing beside it. */
export const maskAndSeal = async (
  needs: MakingNeeds,
  work: Protecting & Extract<Guard, { kind: 'secure' }>,
): Promise<MadeUpdate> => {
  const { invitation, assignment, delta, control, claims, signal, manifest, session } = work
  const kernels = await loadVectorKernels()
  const { examples, metrics } = claims
  let words: Uint32Array
  try {
    words = secureVector({
      manifest,
      assignment,
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
  const masked = session.masked(digestOf(packed, needs.primitives?.sha256), packed.length)
  if (!masked) return failed('aborted', 'the session ended before its vector was masked')
  return { kind: 'sealed', sealed: sealBytes(needs, { invitation, update: packed, claims: { masked } }) }
}

/**
 * Of a round in which nobody trains: what was trained before, as it lies from the received weights. Under the masks it counts by how far that is.
 * @param work.deltaFrom What was kept, once for each time that it may be summed.
 */
export const refineUpdate = async (
  needs: MakingNeeds,
  {
    model: { assignment, weights },
    guard,
    deltaFrom,
    ...work
  }: Pick<Protecting, 'invitation' | 'signal'> &
    Pick<KeptTraining, 'deltaFrom'> & { model: LoadedModel; guard: Guard },
): Promise<MadeUpdate> => {
  const { refining } = assignment
  if (guard.kind !== 'secure' || !refining)
    return failed('privacy-floor', 'the task sums nothing again that its clients trained')
  const { manifest } = guard
  const delta = deltaFrom(manifest, weights)
  if (!delta) return failed('aborted', 'what is to be summed again is not kept')
  if (firstNonFinite({ tensors: manifestOf(assignment.model), values: delta }))
    return failed('diverged', 'what was trained lies at no finite distance from the received weights')
  const examples = refiningWeight({
    distance: l2Norm(delta),
    nu: refining.nu,
    most: manifest.vector.maxWeight,
  })
  return maskAndSeal(needs, { ...work, ...guard, assignment, delta, claims: { examples, metrics: {} } })
}

/** The weights that a secure round's vector stands for: what the quantizer does to the delta has been done to them. */
export const asSent = (
  { manifest }: Extract<Guard, { kind: 'secure' }>,
  { received, delta }: { received: Float32Array; delta: Float32Array },
): Float32Array => {
  const range = manifest.vector.segments.find(({ name }) => name === DELTA_SEGMENT)?.bound ?? 0
  return received.map((weight, at) => weight + Math.max(-range, Math.min(delta[at] ?? 0, range)))
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
