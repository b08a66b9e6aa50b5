/** Why a client that has pinned a coordinator does not trust a model version. Rules S12 and K10. */
import { type EncodedPublicKey, type VerifySignature, verifyModel } from '@tributary/protocols/crypto'
import type { SaidOfModel } from './pin.ts'

export type ModelObjection = (
  pinned: { publicKey: EncodedPublicKey; coordinator: string },
  said: SaidOfModel,
) => string | undefined

/** What was found good is remembered, the last of it: the same version is named in messages of both kinds. */
export const modelObjections = (verifySignature?: VerifySignature): ModelObjection => {
  let good: string | undefined
  return ({ publicKey, coordinator }, { task, model, assignment, signature }) => {
    const { version, digest, bytes } = model
    const of = `version ${version} of the model`
    if (!signature) return `${of} comes without a signature`
    const statement = { coordinator, task, version, weights: { digest, bytes }, assignment }
    const claimed = JSON.stringify([publicKey, statement, signature])
    if (claimed === good) return undefined
    if (!verifyModel({ statement, publicKey, signature }, verifySignature))
      return `${of} is not signed by the coordinator that this client has pinned`
    good = claimed
    return undefined
  }
}
