import { unreachable } from '@tributary/protocols'
import type { Change } from '../../ports/store.ts'

/** What a commit is about: what it must have to itself, and what it may share with others that share it. */
type Concerns = { alone: ReadonlySet<string>; shared: ReadonlySet<string> }

type Tail = { alone: Promise<unknown>; sharing: Promise<unknown>[] }

/**
 * Commits of one process that concern the same run in the order in which they were issued; all others side by side,
 * so that the server writes them to its disk together. Between processes the tables' own locks decide.
 */
export const commitTurns = () => {
  const tails = new Map<string, Tail>()
  const nothing = Promise.resolve()
  return <Result>(changes: readonly Change[], work: () => Promise<Result>): Promise<Result> => {
    const { alone, shared } = concernsOf(changes)
    const before: Promise<unknown>[] = []
    const tailOf = (key: string): Tail => {
      const tail = tails.get(key) ?? { alone: nothing, sharing: [] }
      tails.set(key, tail)
      return tail
    }
    for (const key of alone) before.push(tailOf(key).alone, ...tailOf(key).sharing)
    for (const key of shared) before.push(tailOf(key).alone)
    const turn = Promise.all(before).then(work)
    const over = turn.then(
      () => end(),
      () => end(),
    )
    for (const key of alone) tails.set(key, { alone: over, sharing: [] })
    for (const key of shared) tailOf(key).sharing.push(over)
    const end = () => {
      for (const key of alone) if (tails.get(key)?.alone === over) forget(key)
      for (const key of shared) {
        const sharing = tails.get(key)?.sharing
        const index = sharing?.indexOf(over) ?? -1
        if (index !== -1) sharing?.splice(index, 1)
        if (sharing?.length === 0 && tails.get(key)?.alone === nothing) tails.delete(key)
      }
    }
    const forget = (key: string) => {
      const tail = tails.get(key)
      if (tail?.sharing.length === 0) tails.delete(key)
      else if (tail) tail.alone = nothing
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
      case 'insert-client':
      case 'save-client':
        alone.add(`client ${change.client.id}`).add(`public key ${change.client.publicKey}`)
        break
      case 'insert-token':
      case 'save-token':
        alone.add(`token ${change.token.id}`).add(`secret ${change.token.hash}`)
        break
      case 'spend-token':
        alone.add(`token ${change.id}`)
        break
      case 'insert-reply':
        alone.add(`reply ${JSON.stringify([change.reply.scope, change.reply.key])}`)
        break
      case 'append-audit':
        alone.add('audit')
        break
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
