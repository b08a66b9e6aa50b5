import type { Random } from '@tributary/protocols/runtime'
import { deriveKey } from '../crypto/own-key.ts'
import { sealSecret, unsealSecret } from '../crypto/sealed-secret.ts'
import type { Webhook } from '../ports/records.ts'

/** The secrets of webhooks as they rest: encrypted under a key derived from the coordinator's own. */
export type WebhookSecrets = {
  seal(id: string, secret: Uint8Array): string
  /** Throws where the webhook was made under another coordinator's key. */
  open(webhook: Pick<Webhook, 'id' | 'sealedSecret'>): Uint8Array
}

export const webhookSecrets = ({
  ownKey,
  random,
}: {
  ownKey: Uint8Array
  random: Random
}): WebhookSecrets => {
  const key = deriveKey(ownKey, 'webhooks')
  return {
    seal: (id, secret) => Buffer.from(sealSecret(key, id, secret, random)).toString('base64url'),
    open({ id, sealedSecret }) {
      try {
        return unsealSecret(key, id, Buffer.from(sealedSecret, 'base64url'))
      } catch (cause) {
        throw new Error(
          `the secret of webhook ${id} does not open with this coordinator's own key: delete the webhook and make it anew`,
          { cause },
        )
      }
    },
  }
}
