import { toHex } from '@tributary/protocols/crypto'
import type { CreateWebhookRequest } from '@tributary/protocols/rest'
import type { Clock, Random } from '@tributary/protocols/runtime'
import { WEBHOOK_CREATED, WEBHOOK_DELETED, WEBHOOK_PINGED, WEBHOOK_REDELIVERED } from '../audit/actions.ts'
import { ConflictError } from '../faults/storage.ts'
import { earlierResource, rememberReply } from '../idempotency.ts'
import type { AuditEntry, Delivery, Webhook } from '../ports/records.ts'
import type { Change, Store } from '../ports/store.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import type { Actor, Idempotency, WebhookService, WebhookStanding } from '../services.ts'
import { occurrenceOf } from './message.ts'
import { isPublicAddress, literalAddress } from './public-address.ts'
import type { WebhookSecrets } from './secrets.ts'
import { newSecret, secretText } from './signature.ts'

/** Everything that happens is written once for each. */
const MOST_WEBHOOKS = 20
/** So many failures in a row, and somebody should look. */
const FAILURES = 3
const ID_BYTES = 12
const MOST_TRIES = 5

type Needs = {
  clock: Pick<Clock, 'now'>
  random: Random
  store: Pick<Store, 'webhooks' | 'tasks' | 'reply' | 'commit'>
  secrets: WebhookSecrets
  /** Whether receivers may be at addresses of this machine and its networks. */
  privateAddresses: boolean
  /** Deliveries have been saved. */
  queued(): void
}

/** Who is told of what, and how that went. */
export const createWebhookService = (needs: Needs): WebhookService => {
  const { clock, random, store, secrets, queued } = needs
  const { webhooks } = store

  const standingOf = async (webhook: Webhook): Promise<WebhookStanding> => ({
    webhook,
    last: (await webhooks.lastEnded(webhook.id, 1))[0],
  })
  const webhookOf = async (id: string): Promise<Webhook | Refusal> =>
    (await webhooks.get(id)) ?? refuse('not-found', `there is no webhook ${id}`, { about: { webhook: id } })
  const deliveryOf = async (webhook: string, id: string): Promise<Delivery | Refusal> =>
    (await webhooks.delivery(webhook, id)) ??
    refuse('not-found', `webhook ${webhook} has no delivery ${id}, or has it no longer`, {
      about: { webhook, delivery: id },
    })
  const audited = (
    actor: Actor,
    action: string,
    subject: string,
    detail: AuditEntry['detail'] = {},
  ): Change => ({
    kind: 'append-audit',
    entry: { at: clock.now(), actor: actor.id, action, subject, detail },
  })

  const createdBefore = async (idempotency: Idempotency | undefined) => {
    const earlier = await earlierResource(store, idempotency)
    if (!earlier || isRefusal(earlier)) return earlier
    const webhook = await webhooks.get(earlier.resource)
    if (!webhook)
      return refuse('gone', `webhook ${earlier.resource}, which this key led to, has been deleted`, {
        about: { webhook: earlier.resource },
      })
    const secret = secrets.open(webhook)
    if (!secret)
      throw new Error(`the secret of webhook ${webhook.id} does not open with this coordinator’s own key`)
    return { ...(await standingOf(webhook)), secret: secretText(secret) }
  }

  const mistakeIn = async ({ url, task }: CreateWebhookRequest): Promise<Refusal | undefined> => {
    const message = mistakeInUrl(new URL(url), needs)
    if (message) return refuse('invalid', `url: ${message}`, { mistakes: [{ path: 'url', message }] })
    if (task !== undefined && !(await store.tasks.get(task)))
      return refuse('not-found', `there is no task ${task}`, { about: { task } })
    if ((await webhooks.list()).length >= MOST_WEBHOOKS)
      return refuse(
        'limit-reached',
        `there are ${MOST_WEBHOOKS} webhooks already: delete one that is not needed`,
      )
    return undefined
  }

  return {
    async create(request, actor, idempotency) {
      const earlier = (await createdBefore(idempotency)) ?? (await mistakeIn(request))
      if (earlier) return earlier
      const id = `wh_${toHex(random.bytes(ID_BYTES))}`
      const secret = newSecret(random)
      const webhook: Webhook = {
        id,
        url: request.url,
        name: request.name,
        events: [...new Set(request.events)],
        task: request.task ?? null,
        sealedSecret: secrets.seal(id, secret),
        createdAt: clock.now(),
      }
      const { name, events, task, createdAt } = webhook
      // Paths and queries of receivers may be secrets of theirs.
      const { origin } = new URL(webhook.url)
      try {
        await store.commit([
          { kind: 'insert-webhook', webhook },
          ...rememberReply(idempotency, id, createdAt),
          audited(actor, WEBHOOK_CREATED, id, { name, origin, events: events.join(' '), task }),
        ])
      } catch (error) {
        // Two requests under one key may race: the one that lost is answered with what the other made.
        const made = error instanceof ConflictError ? await createdBefore(idempotency) : undefined
        if (made) return made
        throw error
      }
      return { webhook, last: undefined, secret: secretText(secret) }
    },

    async get(id) {
      const webhook = await webhookOf(id)
      return isRefusal(webhook) ? webhook : standingOf(webhook)
    },

    async list({ limit, after }) {
      const all = await webhooks.list()
      const from = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1
      return Promise.all(all.slice(from, from + limit).map(standingOf))
    },

    async delete(id, actor) {
      const webhook = await webhookOf(id)
      if (isRefusal(webhook)) return webhook
      const standing = await standingOf(webhook)
      await store.commit([
        { kind: 'delete-webhook', id },
        audited(actor, WEBHOOK_DELETED, id, { name: webhook.name }),
      ])
      return standing
    },

    async deliveries(id, page) {
      const webhook = await webhookOf(id)
      return isRefusal(webhook) ? webhook : webhooks.deliveries(id, page)
    },

    async redeliver(id, deliveryId, actor) {
      const webhook = await webhookOf(id)
      if (isRefusal(webhook)) return webhook
      for (let tries = 1; ; tries++) {
        const before = await deliveryOf(id, deliveryId)
        if (isRefusal(before)) return before
        const delivery = atOnce(before, clock.now())
        try {
          await store.commit([
            { kind: 'change-delivery', delivery, from: before },
            audited(actor, WEBHOOK_REDELIVERED, id, { delivery: deliveryId }),
          ])
          queued()
          return delivery
        } catch (error) {
          // An attempt began or ended at this very moment: what is so now is read again.
          if (!(error instanceof ConflictError) || tries === MOST_TRIES) throw error
        }
      }
    },

    async ping(id, actor) {
      const webhook = await webhookOf(id)
      if (isRefusal(webhook)) return webhook
      const view = { webhook: id, name: webhook.name }
      const occurrence = occurrenceOf({
        event: 'ping',
        subject: id,
        task: null,
        at: clock.now(),
        view: { whole: view, brief: view },
      })
      await store.commit([
        { kind: 'queue-deliveries', occurrence, to: id },
        audited(actor, WEBHOOK_PINGED, id),
      ])
      queued()
      return deliveryOf(id, occurrence.id)
    },

    async failing() {
      const found: Webhook[] = []
      for (const webhook of await webhooks.list()) {
        const last = await webhooks.lastEnded(webhook.id, FAILURES)
        if (last.length === FAILURES && last.every(({ status }) => status === 'failed')) found.push(webhook)
      }
      return found
    },
  }
}

/** One that ended begins anew; one that waits for another attempt waits no longer. */
const atOnce = (delivery: Delivery, now: number): Delivery => ({
  ...delivery,
  ...(delivery.status !== 'pending' && { status: 'pending', attempts: 0, endedAt: null }),
  nextAttemptAt: now,
})

const mistakeInUrl = (
  url: URL,
  { privateAddresses }: Pick<Needs, 'privateAddresses'>,
): string | undefined => {
  if (url.username !== '' || url.password !== '')
    return 'must hold no user name or password: deliveries are signed instead'
  const literal = literalAddress(url)
  if (literal !== undefined && !privateAddresses && !isPublicAddress(literal))
    return `${literal} is not a public address; a coordinator started with --webhooks-private allow takes it`
  return undefined
}
