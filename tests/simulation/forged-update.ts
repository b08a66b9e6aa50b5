/** What a client that lies hands in: signed as its own, and never to be counted. */
import { decodeKeyText, type Identity } from '@tributary/protocols/crypto'
import type { Invitation } from '@tributary/protocols/messages'
import { encodeSafetensors, type TensorManifest } from '@tributary/protocols/tensors'
import { sealUpdate } from '@tributary/protocols/updates'
import type { Chance } from './chance.ts'
import type { Upload } from './faulty-bulk.ts'

export const forgeUpdate = (
  honest: Upload,
  {
    identity,
    invitation,
    manifest,
    others,
    chance,
  }: {
    identity: Identity
    invitation: Invitation
    manifest: TensorManifest
    /** Updates that other clients have handed in, or this one to other rounds. */
    others: readonly Upload[]
    chance: Chance
  },
): Upload => {
  const length = manifest.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)
  const sealed = (update: Uint8Array): Upload => ({
    ...honest,
    ...sealUpdate({
      identity,
      task: honest.task,
      round: honest.round,
      model: invitation.model.digest,
      roundKey: decodeKeyText(invitation.publicKey),
      update,
      claims: honest.submission.claims,
      random: chance.random,
    }),
  })
  const captured = others[chance.whole(0, Math.max(0, others.length - 1))]
  switch (chance.whole(0, 5)) {
    case 0:
      return sealed(
        encodeSafetensors({ tensors: manifest, values: new Float32Array(length).fill(Number.NaN) }),
      )
    case 1:
      return sealed(
        encodeSafetensors({
          tensors: manifest.map((tensor) => ({ ...tensor, name: `${tensor.name}x` })),
          values: new Float32Array(length),
        }),
      )
    case 2:
      return sealed(chance.random.bytes(chance.whole(1, 200)))
    case 3: {
      const { claims } = honest.submission
      const changed =
        'masked' in claims
          ? { masked: { ...claims.masked, bytes: claims.masked.bytes + 1 } }
          : { ...claims, examples: claims.examples + 1 }
      return { ...honest, submission: { ...honest.submission, claims: changed } }
    }
    case 4: {
      const envelope = honest.envelope.slice(0, -chance.whole(1, honest.envelope.length - 1))
      return { ...honest, envelope }
    }
    default:
      if (!captured) return sealed(new Uint8Array(1))
      // Another's words under this client's name and round.
      return chance.happens(0.5)
        ? { ...honest, envelope: captured.envelope, submission: captured.submission }
        : { ...honest, envelope: captured.envelope }
  }
}
