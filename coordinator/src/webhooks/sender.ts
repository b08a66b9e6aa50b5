import type { Clock, Random } from '@tributary/protocols/runtime'
import { ConflictError } from '../faults/storage.ts'
import type { Post, PostAnswer } from '../ports/post.ts'
import type { Delivery, Webhook } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import { backoffMs, MOST_ATTEMPTS } from './backoff.ts'
import { signatureOf } from './signature.ts'

export type Sender = {
  /** Deliveries may be due. */
  wake(): void
  start(): void
  /** Those under way are given up, and are as they were before. */
  stop(): Promise<void>
}

/** How an attempt ended: for good, or it is made again. */
export type AttemptOutcome = 'delivered' | 'failed' | 'retried'

type Needs = {
  clock: Clock
  random: Random
  store: Pick<Store, 'webhooks' | 'commit'>
  post: Post
  /** What deliveries to it are signed with; none where that was sealed under another coordinator's key. */
  secretOf(webhook: Webhook): Uint8Array | undefined
  ended(outcome: AttemptOutcome): void
  fault(error: unknown, about: Record<string, string>): void
}

/**
 * For how long nobody else takes a delivery that is being sent: longer than any attempt. It is sent again where the
 * process that had it was killed, or could not save how it went; receivers know it by its id.
 */
const CLAIM_MS = 30_000
/** How often is looked at what other processes have queued and left. */
const LOOK_MS = 15_000
const RETRY_MS = 5_000
const SWEEP_MS = 3_600_000
const KEPT = { endedMs: 30 * 24 * 3_600_000, ended: 1_000, all: 10_000 }

/**
 * Sends what is pending: to each webhook one delivery at a time, first what is due first; to all of them beside each other,
 * so that one that does not answer holds up nobody else. At least once each: a delivery is claimed in the tables before it
 * is sent, by whichever process comes first.
 */
export const createSender = (needs: Needs): Sender => {
  const { clock, store } = needs
  const giveUp = new AbortController()
  /** Webhooks that are being sent to, and whether to look once more. */
  const lanes = new Map<string, { again: boolean; done: Promise<void> }>()
  let looking: Promise<void> | undefined
  let lookAgain = false
  let cancelTimer = () => {}
  let timerAt = Number.POSITIVE_INFINITY
  let sweepAt = Number.NEGATIVE_INFINITY
  let running = false

  const wakeBy = (at: number) => {
    if (!running || at >= timerAt) return
    cancelTimer()
    timerAt = at
    cancelTimer = clock.wakeAt(at, () => {
      timerAt = Number.POSITIVE_INFINITY
      wake()
    })
  }

  const wake = () => {
    if (!running) return
    lookAgain = true
    looking ??= look()
  }

  const look = async () => {
    while (lookAgain && running) {
      lookAgain = false
      try {
        await sweep()
        for (const webhook of await store.webhooks.list()) sendTo(webhook)
        wakeBy(clock.now() + LOOK_MS)
      } catch (error) {
        needs.fault(error, { during: 'webhooks' })
        wakeBy(clock.now() + RETRY_MS)
      }
    }
    looking = undefined // in the same turn: whoever wakes it from here on begins anew
  }

  const sweep = async () => {
    const now = clock.now()
    if (now < sweepAt) return
    await store.commit([
      {
        kind: 'forget-deliveries',
        endedBefore: now - KEPT.endedMs,
        keepEnded: KEPT.ended,
        keep: KEPT.all,
      },
    ])
    sweepAt = now + SWEEP_MS
  }

  const sendTo = (webhook: Webhook) => {
    const lane = lanes.get(webhook.id)
    if (lane) {
      lane.again = true
      return
    }
    const begun = { again: false, done: Promise.resolve() }
    lanes.set(webhook.id, begun)
    begun.done = sendAll(webhook)
      .then(wakeBy, (error) => {
        needs.fault(error, { webhook: webhook.id, during: 'webhooks' })
        wakeBy(clock.now() + RETRY_MS)
      })
      .finally(() => {
        lanes.delete(webhook.id)
        if (begun.again) wake()
      })
  }

  /** Sends all that is due, and answers when the next is. */
  const sendAll = async (webhook: Webhook): Promise<number> => {
    while (running) {
      const next = await store.webhooks.nextPending(webhook.id)
      const at = next?.nextAttemptAt ?? Number.POSITIVE_INFINITY
      if (!next || at > clock.now()) return at
      await attempt(webhook, next)
    }
    return Number.POSITIVE_INFINITY
  }

  const attempt = async (webhook: Webhook, delivery: Delivery) => {
    const claimed: Delivery = {
      ...delivery,
      attempts: delivery.attempts + 1,
      nextAttemptAt: clock.now() + CLAIM_MS,
    }
    if (!(await change(claimed, delivery))) return // another process has it, or it is gone
    const answer = await send(webhook, delivery)
    const after = afterAnswer(claimed, answer, needs)
    // What was given up has not been tried: it is as it was.
    const changed = await change(after ?? delivery, claimed)
    if (after && changed) needs.ended(after.status === 'pending' ? 'retried' : after.status)
  }

  const send = async (webhook: Webhook, { id, body }: Delivery): Promise<PostAnswer> => {
    const secret = needs.secretOf(webhook)
    if (!secret) return { kind: 'failed', why: LOCKED }
    const timestamp = Math.floor(clock.now() / 1_000)
    return needs.post({
      url: webhook.url,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'tributary-webhooks',
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': signatureOf(secret, { id, timestamp, body }),
      },
      body,
      signal: giveUp.signal,
    })
  }

  const change = async (delivery: Delivery, from: Delivery): Promise<boolean> => {
    try {
      await store.commit([{ kind: 'change-delivery', delivery, from }])
      return true
    } catch (error) {
      if (error instanceof ConflictError) return false
      throw error
    }
  }

  return {
    wake,
    start() {
      running = true
      wake()
    },
    async stop() {
      running = false
      cancelTimer()
      giveUp.abort()
      await looking
      await Promise.all(Array.from(lanes.values(), ({ done }) => done))
    },
  }
}

const LOCKED = 'its secret does not open with this coordinator’s own key: delete the webhook and make it anew'
const GONE = 410

/** The delivery after an attempt that was answered so; `undefined` where nothing is known of it. */
const afterAnswer = (
  delivery: Delivery,
  answer: PostAnswer,
  { clock, random }: Pick<Needs, 'clock' | 'random'>,
): Delivery | undefined => {
  if (answer.kind === 'given-up') return undefined
  const now = clock.now()
  const ended = { nextAttemptAt: null, endedAt: now }
  const words = answer.kind === 'answered' ? inWords(answer.status) : answer.why
  const status = answer.kind === 'answered' ? answer.status : 0
  if (status >= 200 && status < 300) return { ...delivery, ...ended, status: 'delivered', answer: words }
  if (status === GONE || delivery.attempts >= MOST_ATTEMPTS)
    return { ...delivery, ...ended, status: 'failed', answer: words }
  const asked = answer.kind === 'answered' ? answer.retryAfterMs : undefined
  return {
    ...delivery,
    answer: words,
    nextAttemptAt: now + backoffMs(delivery.attempts, asked, random),
  }
}

const inWords = (status: number): string => {
  if (status >= 300 && status < 400)
    return `${status}: redirections are not followed, give the address itself`
  return status === GONE ? `${status}: the receiver wants no more of this` : String(status)
}
