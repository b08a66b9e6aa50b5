import type { Clock, Random } from '@tributary/protocols/runtime'
import type { Post } from '../ports/post.ts'
import type { Store } from '../ports/store.ts'
import type { WebhookService } from '../services.ts'
import { webhookSecrets } from './secrets.ts'
import { type AttemptOutcome, createSender, type Sender } from './sender.ts'
import { createWebhookService } from './webhook-service.ts'

export type WebhookNeeds = {
  post: Post
  /** Whether receivers may be at addresses of this machine and its networks: `post` is to hold the same. */
  privateAddresses: boolean
  /** An attempt at a delivery ended. */
  attempted(outcome: AttemptOutcome): void
}

type Needs = {
  clock: Clock
  random: Random
  store: Store
  ownKey: Uint8Array
  /** Without it nobody is told of anything outside, and nothing is sent. */
  outside: WebhookNeeds | undefined
  fault(error: unknown, about: Record<string, string>): void
}

/** The room of webhooks: who is to be told, and what tells them. */
export const createWebhooks = ({
  clock,
  random,
  store,
  ownKey,
  outside,
  fault,
}: Needs): { service: WebhookService; sender: Sender | undefined } => {
  const secrets = webhookSecrets({ ownKey, random })
  const sender =
    outside &&
    createSender({
      clock,
      random,
      store,
      post: outside.post,
      secretOf: secrets.open,
      ended: outside.attempted,
      fault,
    })
  const service = createWebhookService({
    clock,
    random,
    store,
    secrets,
    privateAddresses: outside?.privateAddresses ?? false,
    queued: () => sender?.wake(),
  })
  return { service, sender }
}
