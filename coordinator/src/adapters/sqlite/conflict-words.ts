import { unreachable } from '@tributary/protocols'
import type { Change } from '../../ports/store.ts'
import type { Violation } from './sqlite-errors.ts'

/** Says plainly which rule of the tables a change ran into. */
export const inTheWay = (change: Change, violation: Violation): string =>
  violation.kind === 'missing' ? missing(change) : taken(change, violation.columns)

const taken = (change: Change, columns: string): string => {
  switch (change.kind) {
    case 'insert-task':
    case 'save-task':
      return `task ${change.task.id} is there already`
    case 'insert-round':
    case 'save-round':
      return columns === 'rounds.task'
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
    case 'insert-client':
    case 'save-client':
      return `client ${change.client.id} or its public key is enrolled already`
    case 'insert-token':
    case 'save-token':
      return `token ${change.token.id} or its secret is there already`
    case 'spend-token':
      return `token ${change.id} is in use`
    case 'insert-reply':
      return `the idempotency key "${change.reply.key}" is taken in ${change.reply.scope}`
    case 'append-audit':
      return 'another entry was appended to the audit log'
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
    case 'insert-round-key':
      return `there is no round ${change.key.round}`
    default:
      return `${change.kind} refers to something that is not there`
  }
}
