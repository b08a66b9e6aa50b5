import { unreachable } from '@tributary/protocols'
import type { Change } from '../../ports/store.ts'

/** What a commit must have to itself, and what it may share with others that share it. */
type Concerns = { alone: ReadonlySet<string>; shared: ReadonlySet<string> }

/** The commits that whoever comes next has to wait for. */
type Tail = { alone: Promise<unknown> | undefined; sharing: Set<Promise<unknown>> }

/**
 * Commits of one process that concern the same run in the order in which they were issued; all others side by side,
 * so that the server writes them to its disk together. Between processes the tables' own locks decide.
 */
export const commitTurns = () => {
  const tails = new Map<string, Tail>()
  const tailOf = (key: string): Tail => {
    const tail = tails.get(key) ?? { alone: undefined, sharing: new Set() }
    tails.set(key, tail)
    return tail
  }
  return <Result>(changes: readonly Change[], work: () => Promise<Result>): Promise<Result> => {
    const { alone, shared } = concernsOf(changes)
    const before = [
      ...Array.from(alone, tailOf).flatMap((tail) => [tail.alone, ...tail.sharing]),
      ...Array.from(shared, tailOf).map((tail) => tail.alone),
    ]
    const turn = Promise.all(before).then(work)
    const over: Promise<void> = turn.then(
      () => leave(),
      () => leave(),
    )
    for (const key of alone) tails.set(key, { alone: over, sharing: new Set() })
    for (const key of shared) tailOf(key).sharing.add(over)

    const leave = () => {
      for (const key of [...alone, ...shared]) {
        const tail = tails.get(key)
        if (!tail) continue
        if (tail.alone === over) tail.alone = undefined
        tail.sharing.delete(over)
        if (!tail.alone && tail.sharing.size === 0) tails.delete(key)
      }
    }
    return turn
  }
}

const concernsOf = (changes: readonly Change[]): Concerns => {
  const alone = new Set<string>()
  const shared = new Set<string>()
  for (const change of changes) {
    switch (change.kind) {
      case 'insert-task':
      case 'save-task':
        alone.add(`task ${change.task.id}`)
        break
      case 'insert-round':
      case 'save-round':
        alone.add(`task ${change.round.task}`).add(`round ${change.round.id}`)
        break
      case 'save-member':
        alone.add(`member ${change.member.round} ${change.member.client}`)
        shared.add(`round ${change.member.round}`)
        break
      case 'insert-model':
        alone.add(`task ${change.model.task}`)
        break
      case 'insert-round-key':
        alone.add(`key ${change.key.round}`)
        shared.add(`round ${change.key.round}`)
        break
      case 'destroy-round-key':
        alone.add(`key ${change.round}`)
        break
      case 'insert-session-row':
      case 'erase-session':
        alone.add(`session ${change.round}`)
        shared.add(`round ${change.round}`)
        break
      case 'save-ledger':
        alone.add(`ledger ${change.task}`)
        shared.add(`task ${change.task}`)
        break
      case 'insert-client':
      case 'save-client':
        alone.add(`client ${change.client.id}`).add(`public key ${change.client.publicKey}`)
        break
      case 'insert-token':
      case 'save-token':
        alone.add(`token ${change.token.id}`).add(`secret ${change.token.hash}`)
        break
      case 'revoke-token':
        alone.add(`token ${change.id}`).add('active admins')
        break
      case 'spend-token':
        alone.add(`token ${change.id}`)
        break
      case 'insert-console-session':
        alone.add(`console session ${change.session.id}`)
        if (change.session.of.kind === 'token') shared.add(`token ${change.session.of.token}`)
        break
      case 'see-console-session':
      case 'end-console-session':
        alone.add(`console session ${change.id}`)
        break
      case 'forget-console-sessions':
        alone.add('old console sessions')
        break
      case 'insert-reply':
        alone.add(`reply ${JSON.stringify([change.reply.scope, change.reply.key])}`)
        break
      case 'insert-identity':
        alone.add('identity')
        break
      case 'forget-replies':
        alone.add('old replies')
        break
      case 'append-audit':
        alone.add('audit')
        break
      case 'insert-webhook':
        alone.add(`webhook ${change.webhook.id}`)
        break
      case 'delete-webhook':
        alone.add(`webhook ${change.id}`)
        break
      case 'change-delivery':
        alone.add(`delivery ${change.delivery.webhook} ${change.delivery.id}`)
        break
      case 'forget-deliveries':
        alone.add('old deliveries')
        break
      case 'queue-deliveries':
      case 'require-lease':
        break
      default:
        unreachable(change)
    }
  }
  // What is had alone needs no share.
  for (const key of alone) shared.delete(key)
  return { alone, shared }
}
