import type { Upload } from '@tributary/client-sdk'
import { compressedFormOf, compressionSeed, compressUpdate } from '@tributary/protocols/compression'
import { decodeKeyText, type EnvelopePrimitives, type Identity } from '@tributary/protocols/crypto'
import type { Invitation } from '@tributary/protocols/messages'
import type { Random } from '@tributary/protocols/runtime'
import { type Assignment, cutOf, travelling, updateManifestOf } from '@tributary/protocols/task'
import { encodeSafetensors, totalElements } from '@tributary/protocols/tensors'
import { sealUpdate } from '@tributary/protocols/updates'

/**
 * An update that the SDK would not have sealed: not finite, or longer than the plan allows. A client that lies has its own key and the round's, and seals
 * what it likes; what the SDK claims beside it stays. Where updates have room behind the delta (a control variate, a vote), it is zeros. Of masked
 * updates, whose vectors hold whole numbers within a range, there are no such forgeries: what the SDK has made stays.
 */
export const forgedUpload = (
  upload: Upload,
  {
    delta,
    assignment,
    identity,
    invitation,
    primitives,
    random,
  }: {
    delta: Float32Array
    assignment: Assignment
    identity: Identity
    invitation: Invitation
    primitives: EnvelopePrimitives
    random: Random
  },
): Upload => {
  const { claims } = upload.submission
  if ('masked' in claims) return upload
  const update = asTheTaskHasIt(delta, { assignment, invitation, random })
  const sealed = sealUpdate({
    ...primitives,
    identity,
    task: upload.task,
    round: upload.round,
    model: invitation.model.digest,
    roundKey: decodeKeyText(invitation.publicKey),
    update,
    claims,
    random,
  })
  return { ...upload, ...sealed }
}

/** Of the tensors that travel, and through the task's stages of compression. */
const asTheTaskHasIt = (
  delta: Float32Array,
  { assignment, invitation, random }: { assignment: Assignment; invitation: Invitation; random: Random },
): Uint8Array => {
  const sent = travelling(assignment)
  const tensors = updateManifestOf(sent)
  const shared = cutOf(assignment).shared(delta)
  const values = new Float32Array(totalElements(tensors))
  values.set(shared)
  const form = compressedFormOf(sent)
  if (!form) return encodeSafetensors({ tensors, values })
  const { compression, beside } = form
  const seed = compressionSeed({ round: invitation.round, model: invitation.model.digest })
  const through = (these: Float32Array) => compressUpdate(these, form, { seed, random }).bytes
  const takesAny = !compression.bits && compression.sparsify?.kind !== 'top-k'
  if (takesAny || values.every(Number.isFinite)) return through(values)
  // Levels and ranks are of finite values alone. What they make of others is a body whose first value, or whose lowest level, is no number.
  const bytes = through(new Float32Array(values.length))
  new DataView(bytes.buffer).setFloat32(8 + 4 * beside, Number.NaN, true)
  return bytes
}
