/** What has changed, by name alone: whoever hears a hint reads the tables. */
import { ClientId, Instant, ModelVersion, RoundId, TaskId } from '@tributary/protocols'
import * as z from 'zod'
import type { Change } from '../ports/store.ts'

const ModelName = z.strictObject({ task: TaskId, version: ModelVersion })
const RoundName = z.strictObject({
  round: RoundId,
  /** Members have changed, the first of them at this instant by the clock of whoever drives the round. */
  membersSince: z.optional(Instant),
})

export const Hint = z.strictObject({
  tasks: z.array(TaskId),
  models: z.array(ModelName),
  rounds: z.array(RoundName),
  /** That were enrolled or revoked, came on the line or left it; `more`: how many others. */
  clients: z.array(ClientId),
  more: z.int().min(0),
  audit: z.boolean(),
  /** What operators may do has changed: who holds a line is looked at again. */
  access: z.boolean(),
})
export type Hint = z.infer<typeof Hint>

/** What a commit would change of what is watched. */
export const hintOf = (changes: readonly Change[]): Hint => {
  const hints = createHints()
  for (const change of changes) hints.add(change)
  return hints.take()
}

/** Whether an operator may do less or more after it. */
export const changesAccess = ({ kind }: Change): boolean => ACCESS.has(kind)

const ACCESS: ReadonlySet<Change['kind']> = new Set(['save-token', 'revoke-token', 'end-console-session'])

export type Hints = {
  isEmpty(): boolean
  add(change: Change): void
  addClient(client: ClientId): void
  /** A hint of bounded size; what it has no room for is in the next one. */
  take(): Hint
}

/** Names of each kind in one hint. */
const MOST = 50

/** Gathers what is to be told, each thing once. */
export const createHints = (): Hints => {
  const tasks = new Map<string, TaskId>()
  const models = new Map<string, Hint['models'][number]>()
  const rounds = new Map<string, Hint['rounds'][number]>()
  const clients = createNames(MOST)
  const flags = { audit: false, access: false }

  return {
    isEmpty: () =>
      tasks.size + models.size + rounds.size + clients.size() === 0 && !flags.audit && !flags.access,
    addClient: clients.add,
    add(change) {
      switch (change.kind) {
        case 'insert-task':
        case 'save-task':
          tasks.set(change.task.id, change.task.id)
          break
        case 'insert-model': {
          const { task, version } = change.model
          models.set(`${task}/${version}`, { task, version })
          break
        }
        case 'insert-round':
        case 'save-round': {
          const { id } = change.round
          rounds.set(id, rounds.get(id) ?? { round: id })
          break
        }
        case 'save-member': {
          const { round, since = 0 } = change.member
          const first = rounds.get(round)?.membersSince ?? since
          rounds.set(round, { round, membersSince: Math.min(first, since) })
          break
        }
        case 'insert-client':
        case 'save-client':
          clients.add(change.client.id)
          break
        case 'append-audit':
          flags.audit = true
          break
        default:
          break
      }
      flags.access ||= changesAccess(change)
    },
    take() {
      const hint = {
        tasks: takeSome(tasks),
        models: takeSome(models),
        rounds: takeSome(rounds),
        ...clients.take(),
        ...flags,
      }
      flags.audit = false
      flags.access = false
      return hint
    },
  }
}

const takeSome = <Value>(of: Map<string, Value>): Value[] => {
  const taken = [...of].slice(0, MOST)
  for (const [key] of taken) of.delete(key)
  return taken.map(([, value]) => value)
}

/** Clients by name up to a number, and how many others. */
export const createNames = (most: number) => {
  const clients = new Set<ClientId>()
  let more = 0
  return {
    size: () => clients.size + more,
    add(client: ClientId) {
      if (clients.size < most) clients.add(client)
      else if (!clients.has(client)) more++
    },
    addMore(others: number) {
      more += others
    },
    take() {
      const taken = { clients: [...clients], more }
      clients.clear()
      more = 0
      return taken
    },
  }
}
