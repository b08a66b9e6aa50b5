import type { Upload } from '@tributary/client-sdk'
import { decodeKeyText, type EnvelopePrimitives, type Identity } from '@tributary/protocols/crypto'
import type { Invitation } from '@tributary/protocols/messages'
import type { Random } from '@tributary/protocols/runtime'
import { type Assignment, updateManifestOf } from '@tributary/protocols/task'
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
  const tensors = updateManifestOf(assignment)
  const values = new Float32Array(totalElements(tensors))
  values.set(delta)
  const sealed = sealUpdate({
    ...primitives,
    identity,
    task: upload.task,
    round: upload.round,
    model: invitation.model.digest,
    roundKey: decodeKeyText(invitation.publicKey),
    update: encodeSafetensors({ tensors, values }),
    claims,
    random,
  })
  return { ...upload, ...sealed }
}
