import type { Random } from '@tributary/protocols/runtime'
import { deriveKey } from '../crypto/own-key.ts'
import { sealSecret, unsealSecret } from '../crypto/sealed-secret.ts'
import type { Webhook } from '../ports/records.ts'

/** The secrets of webhooks as they rest: encrypted under a key derived from the coordinator's own. */
export type WebhookSecrets = {
  seal(id: string, secret: Uint8Array): string
  /** `undefined` where it was sealed under another coordinator's key, or for another webhook. */
  open(webhook: Pick<Webhook, 'id' | 'sealedSecret'>): Uint8Array | undefined
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
      } catch {
        return undefined
      }
    },
  }
}
