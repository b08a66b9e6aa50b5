/** What watchers are to be told: the newest of each thing, gathered until it is told. */
import type { ClientId, RoundId, TaskId } from '@tributary/protocols'
import type { LiveEvent } from '@tributary/protocols/rest'
import { modelView } from '../http/views/model-view.ts'
import { memberView, roundView } from '../http/views/round-view.ts'
import type { ModelRecord } from '../ports/records.ts'
import type { Change, Store } from '../ports/store.ts'
import type { Member } from '../round/member.ts'
import type { Round } from '../round/round.ts'
import type { Hint } from './hint.ts'
import type { Progress } from './progress.ts'

/** What is not at hand is read when it is told. */
type RoundNews = {
  round: Round | 'to be read' | undefined
  members: Map<ClientId, Member>
  /** Members that have changed since then are to be read. */
  membersSince: number | undefined
  progress: Map<ClientId, Progress>
}

export type News = {
  tasks: Set<TaskId>
  rounds: Map<RoundId, RoundNews>
  models: Map<string, Hint['models'][number] & { model?: ModelRecord }>
}

export const noNews = (): News => ({ tasks: new Set(), rounds: new Map(), models: new Map() })

export const addChange = (news: News, change: Change): void => {
  switch (change.kind) {
    case 'insert-task':
    case 'save-task':
      news.tasks.add(change.task.id)
      break
    case 'insert-round':
    case 'save-round':
      newsOf(news, change.round.id).round = change.round
      break
    case 'save-member':
      newsOf(news, change.member.round).members.set(change.member.client, change.member)
      break
    case 'insert-model': {
      const { model } = change
      news.models.set(`${model.task}/${model.version}`, { task: model.task, version: model.version, model })
      break
    }
    default:
      break
  }
}

export const addHint = (news: News, hint: Hint): void => {
  for (const task of hint.tasks) news.tasks.add(task)
  for (const model of hint.models) news.models.set(`${model.task}/${model.version}`, model)
  for (const { round, membersSince } of hint.rounds) {
    const of = newsOf(news, round)
    of.round = 'to be read'
    if (membersSince !== undefined) of.membersSince = Math.min(of.membersSince ?? membersSince, membersSince)
  }
}

export const addProgress = (news: News, round: RoundId, client: ClientId, progress: Progress): void =>
  void newsOf(news, round).progress.set(client, progress)

const newsOf = ({ rounds }: News, id: RoundId): RoundNews => {
  const before = rounds.get(id)
  if (before) return before
  const fresh: RoundNews = {
    round: undefined,
    members: new Map(),
    membersSince: undefined,
    progress: new Map(),
  }
  rounds.set(id, fresh)
  return fresh
}

/** Members in one event: a cohort of ten thousand is told in pieces. */
const MEMBERS_AN_EVENT = 200

/** What is read of the tables to tell of it. */
export type NewsTables = {
  rounds: Pick<Store['rounds'], 'get'>
  members: Pick<Store['members'], 'ofRound'>
  models: Pick<Store['models'], 'get'>
}

type Reads = {
  store: NewsTables
  progressOf(round: RoundId): ReadonlyMap<ClientId, Progress>
}

/** The events that say it. */
export async function* eventsOf(news: News, { store, progressOf }: Reads): AsyncGenerator<LiveEvent> {
  for (const task of news.tasks) yield { type: 'task', task }
  for (const [id, of] of news.rounds) {
    const round = of.round === 'to be read' ? await store.rounds.get(id) : of.round
    if (round) yield { type: 'round', round: roundView(round) }
    const known = progressOf(id)
    for (const members of inPieces(await membersIn(id, of, store)))
      yield { type: 'members', round: id, members: members.map((member) => memberView(member, known)) }
    for (const clients of inPieces([...of.progress]))
      yield {
        type: 'progress',
        round: id,
        clients: clients.map(([client, { fraction, loss }]) => ({
          client,
          fraction,
          ...(loss !== undefined && { loss }),
        })),
      }
  }
  for (const { task, version, model } of news.models.values()) {
    const added = model ?? (await store.models.get(task, version))
    if (added) yield { type: 'model', model: modelView(added) }
  }
}

const membersIn = async (
  round: RoundId,
  { members, membersSince }: RoundNews,
  store: NewsTables,
): Promise<Member[]> => {
  if (membersSince === undefined) return [...members.values()]
  const changed = (await store.members.ofRound(round)).filter(
    ({ since = membersSince }) => since >= membersSince,
  )
  return [...new Map([...changed, ...members.values()].map((member) => [member.client, member])).values()]
}

const inPieces = <Value>(values: readonly Value[]): Value[][] =>
  Array.from({ length: Math.ceil(values.length / MEMBERS_AN_EVENT) }, (_, i) =>
    values.slice(i * MEMBERS_AN_EVENT, (i + 1) * MEMBERS_AN_EVENT),
  )
