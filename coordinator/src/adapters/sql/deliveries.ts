/** The statements that queue, change and forget deliveries to webhooks. */
import { type CompiledQuery, type ExpressionBuilder, type Kysely, sql } from 'kysely'
import type { Change } from '../../ports/store.ts'
import type { Steps, Writing } from './changes.ts'
import type { Tables } from './tables.ts'

type Of<Kind extends Change['kind']> = Extract<Change, { kind: Kind }>

/**
 * One statement, which finds out itself who is to be told: whoever commits need not know. A webhook that is being
 * deleted beside it is waited for, and left out.
 */
export const queueDeliveries = (
  { db, writers }: Writing,
  { occurrence, to }: Of<'queue-deliveries'>,
): CompiledQuery => {
  const { id, event, subject, body, task, at } = occurrence
  const told = db
    .selectFrom('webhooks')
    .select(({ ref }) => [
      ref('id').as('webhook'),
      text(id).as('id'),
      text(event).as('event'),
      text(subject).as('subject'),
      text(body).as('body'),
      text('pending').as('status'),
      sql<number>`0`.as('attempts'),
      instant(at).as('created_at'),
      instant(at).as('next_attempt_at'),
    ])
    .where(to === undefined ? asked(event, task) : ({ eb }) => eb('id', '=', to))
  return db
    .insertInto('webhook_deliveries')
    .columns([
      'webhook',
      'id',
      'event',
      'subject',
      'body',
      'status',
      'attempts',
      'created_at',
      'next_attempt_at',
    ])
    .expression(writers.kind === 'many' ? told.forKeyShare() : told)
    .onConflict((there) => there.columns(['webhook', 'id']).doNothing())
    .compile()
}

/** The events of a webhook are a JSON array of words, none of which holds another with its quotation marks. */
const asked =
  (event: string, task: string | null) =>
  ({ eb, and, or }: ExpressionBuilder<Tables, 'webhooks'>) =>
    and([
      eb('events', 'like', `%"${event}"%`),
      or([eb('task', 'is', null), ...(task === null ? [] : [eb('task', '=', task)])]),
    ])

// A parameter among the columns of a selection has no type of its own.
const text = (value: string) => sql<string>`cast(${value} as text)`
const instant = (at: number) => sql<number>`cast(${at} as double precision)`

export const changeDelivery = (
  db: Kysely<Tables>,
  { delivery, from }: Of<'change-delivery'>,
): CompiledQuery => {
  const { status, attempts, answer, nextAttemptAt, endedAt } = delivery
  return db
    .updateTable('webhook_deliveries')
    .set({ status, attempts, answer, next_attempt_at: nextAttemptAt, ended_at: endedAt })
    .where('webhook', '=', delivery.webhook)
    .where('id', '=', delivery.id)
    .where('status', '=', from.status)
    .where('attempts', '=', from.attempts)
    .compile()
}

export function* forgetDeliveries(
  db: Kysely<Tables>,
  { endedBefore, keepEnded, keep }: Of<'forget-deliveries'>,
): Steps {
  yield db.deleteFrom('webhook_deliveries').where('ended_at', '<', endedBefore).compile()
  yield beyond(db, keepEnded, { endedAlone: true })
  yield beyond(db, keep, { endedAlone: false })
}

/** Deletes what comes before the newest so many of each webhook. */
const beyond = (db: Kysely<Tables>, most: number, { endedAlone }: { endedAlone: boolean }): CompiledQuery => {
  const placed = db
    .selectFrom('webhook_deliveries')
    .select([
      'sequence',
      sql<number>`row_number() over (partition by webhook order by sequence desc)`.as('place'),
    ])
  return db
    .deleteFrom('webhook_deliveries')
    .where('sequence', 'in', (eb) =>
      eb
        .selectFrom((endedAlone ? placed.where('ended_at', 'is not', null) : placed).as('placed'))
        .select('sequence')
        .where('place', '>', most),
    )
    .compile()
}
