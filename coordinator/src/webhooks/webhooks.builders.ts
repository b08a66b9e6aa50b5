/** Webhooks on a virtual clock and tables in memory, whose letters go to a stand-in for the network. */
import { setImmediate } from 'node:timers/promises'
import { CreateWebhookRequest } from '@tributary/protocols/rest'
import { seededRandom, virtualClock } from '@tributary/protocols/runtime'
import { aTask, NOON } from '../adapters/contracts/arrange.ts'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import type { Letter, PostAnswer } from '../ports/post.ts'
import type { Delivery } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import { isRefusal, type Refusal } from '../refusal.ts'
import type { Actor } from '../services.ts'
import { withOutbox } from './outbox.ts'
import { webhookSecrets } from './secrets.ts'
import { createSender } from './sender.ts'
import { createWebhookService } from './webhook-service.ts'

export const ADA: Actor = { id: 'tok-ada', name: 'Ada', role: 'admin' }

export const granted = <T>(answer: T | Refusal): T => {
  if (isRefusal(answer)) throw new Error(`refused: ${answer.detail}`)
  return answer
}

export const anOrder = (more: Partial<CreateWebhookRequest> = {}): CreateWebhookRequest =>
  CreateWebhookRequest.parse({
    url: 'https://hooks.example/in',
    name: 'the chat',
    events: ['round.started', 'round.completed', 'round.abandoned', 'model.published', 'task.finished'],
    ...more,
  })

export type Sent = { at: number; letter: Letter }

/** With a task `digits`. */
export const aWorld = async () => {
  const clock = virtualClock(NOON)
  const random = seededRandom('webhooks')
  const ownKey = new Uint8Array(32).fill(7)
  const tables = await openSqliteStore({ path: ':memory:', clock })
  await tables.commit([{ kind: 'insert-task', task: aTask() }])
  const secrets = webhookSecrets({ ownKey, random })
  const sent: Sent[] = []
  const faults: unknown[] = []
  const outcomes: string[] = []
  const network = {
    answer: async (_letter: Letter): Promise<PostAnswer> => ({ kind: 'answered', status: 204 }),
  }

  /** One process with these tables. */
  const aProcess = ({ over = tables, privateAddresses = false } = {}) => {
    const sender = createSender({
      clock,
      random,
      store: over,
      post: (letter) => {
        sent.push({ at: clock.now(), letter })
        return network.answer(letter)
      },
      secretOf: secrets.open,
      ended: (outcome) => outcomes.push(outcome),
      fault: (error) => faults.push(error),
    })
    const queued = sender.wake
    const store: Store = withOutbox(over, { clock, queued })
    const service = createWebhookService({ clock, random, store, secrets, privateAddresses, queued })
    return { store, service, sender }
  }

  const settle = async () => {
    for (let turn = 0; turn < 3; turn++) await setImmediate()
  }
  /** Lets time pass, and whatever wakes meanwhile come to rest. */
  const pass = async (ms: number) => {
    const until = clock.now() + ms
    await settle()
    for (let next = clock.nextAt(); next !== undefined && next <= until; next = clock.nextAt()) {
      clock.step()
      await settle()
    }
    clock.advanceTo(until)
  }
  /** As `pass`, but as if the process had slept for nearly all of it. */
  const leap = async (ms: number) => {
    clock.advanceTo(clock.now() + ms - 20_000)
    await pass(20_000)
  }
  const log = async (webhook: string): Promise<Delivery[]> =>
    tables.webhooks.deliveries(webhook, { limit: 100 })

  return {
    ...aProcess(),
    aProcess,
    clock,
    tables,
    secrets,
    sent,
    faults,
    outcomes,
    network,
    settle,
    pass,
    leap,
    log,
  }
}

export const bodyOf = ({
  letter,
}: Sent): { type: string; timestamp: string; data: Record<string, unknown> } => JSON.parse(letter.body)
