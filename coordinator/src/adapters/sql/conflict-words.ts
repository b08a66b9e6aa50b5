import { unreachable } from '@tributary/protocols'
import type { Change } from '../../ports/store.ts'

/** What stood in the way of a write: a row that is there, a round that is open, or a row that is not there. */
export type Violation = 'taken' | 'round-open' | 'missing'

/** Says plainly which rule of the tables a change ran into. */
export const inTheWay = (change: Change, violation: Violation): string =>
  violation === 'missing' ? missing(change) : taken(change, violation)

const taken = (change: Change, violation: Exclude<Violation, 'missing'>): string => {
  switch (change.kind) {
    case 'insert-task':
    case 'save-task':
      return `task ${change.task.id} is there already`
    case 'insert-round':
    case 'save-round':
      return violation === 'round-open'
        ? `task ${change.round.task} has another round open`
        : `round ${change.round.id} is there already`
    case 'save-member':
      return `client ${change.member.client} is a member of round ${change.member.round} already`
    case 'insert-model':
      return `version ${change.model.version} of task ${change.model.task} is there already`
    case 'insert-round-key':
      return `round ${change.key.round} has a key already`
    case 'destroy-round-key':
      return `the key of round ${change.round} is in use`
    case 'insert-session-row':
      return `this was said already in the session of round ${change.round}`
    case 'erase-session':
      return `the session of round ${change.round} is in use`
    case 'save-ledger':
      return `the privacy ledger of task ${change.task} is in use`
    case 'insert-client':
    case 'save-client':
      return `client ${change.client.id} or its public key is enrolled already`
    case 'insert-token':
    case 'save-token':
      return `token ${change.token.id} or its secret is there already`
    case 'revoke-token':
    case 'spend-token':
      return `token ${change.id} is in use`
    case 'insert-console-session':
      return `session ${change.session.id} or its secret is there already`
    case 'see-console-session':
    case 'end-console-session':
      return `session ${change.id} is in use`
    case 'forget-console-sessions':
      return 'sessions are in use'
    case 'insert-reply':
      return `the idempotency key "${change.reply.key}" is taken in ${change.reply.scope}`
    case 'forget-replies':
      return 'replies are in use'
    case 'insert-identity':
      return 'the tables are a coordinator’s already'
    case 'append-audit':
      return 'another entry was appended to the audit log'
    case 'insert-webhook':
      return `webhook ${change.webhook.id} is there already`
    case 'delete-webhook':
      return `webhook ${change.id} is in use`
    case 'queue-deliveries':
      return `${change.occurrence.event} of ${change.occurrence.subject} is queued already`
    case 'change-delivery':
      return `delivery ${change.delivery.id} is in use`
    case 'forget-deliveries':
      return 'deliveries are in use'
    case 'require-lease':
      return `the lease of task ${change.task} is in use`
    default:
      return unreachable(change)
  }
}

const missing = (change: Change): string => {
  switch (change.kind) {
    case 'insert-round':
    case 'save-round':
      return `there is no task ${change.round.task}`
    case 'save-member':
      return `there is no round ${change.member.round}`
    case 'insert-model':
      return `there is no task ${change.model.task}`
    case 'insert-console-session':
      return `the token of session ${change.session.id} is not there`
    case 'insert-round-key':
      return `there is no round ${change.key.round}`
    case 'insert-session-row':
      return `there is no round ${change.round}`
    case 'save-ledger':
      return `there is no task ${change.task}`
    case 'insert-webhook':
      return `there is no task ${change.webhook.task}`
    default:
      return `${change.kind} refers to something that is not there`
  }
}
