import type { Change, Store } from './ports/store.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { Idempotency } from './services.ts'

/**
 * The id of what an earlier request under the same `Idempotency-Key` created, a refusal where that request was
 * another one, or `undefined` for a key that is new.
 */
export const earlierResource = async (
  store: Pick<Store, 'reply'>,
  idempotency: Idempotency | undefined,
): Promise<{ resource: string } | Refusal | undefined> => {
  const reply = idempotency && (await store.reply(idempotency.scope, idempotency.key))
  if (!reply) return undefined
  if (reply.request !== idempotency.request)
    return refuse(
      'idempotency-mismatch',
      'this Idempotency-Key came before with another request: choose a new key for a new request',
    )
  return { resource: reply.resource }
}

/** The change that remembers what a key led to; committed together with what it led to. */
export const rememberReply = (
  idempotency: Idempotency | undefined,
  resource: string,
  at: number,
): Change[] => (idempotency ? [{ kind: 'insert-reply', reply: { ...idempotency, resource, at } }] : [])
