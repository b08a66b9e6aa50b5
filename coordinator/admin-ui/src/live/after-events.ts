/**
 * What views become by live events: pure functions from an answer of REST and all events of a frame to the answer as REST
 * would give it. An answer that no event concerns is returned as it is, the same object.
 */

import type {
  LiveEvent,
  MemberView,
  OverviewView,
  RoundDetail,
  RoundView,
  TaskSummary,
} from '@tributary/protocols/rest'
import { type LongPage, markStale } from '../api/long-pages.ts'
import type { Routes } from '../api/routes.ts'

type Events = readonly LiveEvent[]

const OPEN_ROUNDS = 50
const NEWEST_MODELS = 20

export const isOpen = ({ phase }: Pick<RoundView, 'phase'>): boolean =>
  phase === 'selecting' || phase === 'training' || phase === 'aggregating'

export const overviewAfter = (overview: OverviewView, events: Events): OverviewView =>
  events.reduce(overviewAfterOne, overview)

const overviewAfterOne = (view: OverviewView, event: LiveEvent): OverviewView => {
  switch (event.type) {
    case 'fleet':
      return { ...view, fleet: event.fleet }
    case 'round':
      return { ...view, openRounds: withRound(view.openRounds, event.round) }
    case 'model': {
      const others = view.newestModels.filter(({ task }) => task !== event.model.task)
      return { ...view, newestModels: [event.model, ...others].slice(0, NEWEST_MODELS) }
    }
    default:
      return view
  }
}

const withRound = (rounds: readonly RoundView[], round: RoundView): RoundView[] => {
  if (!isOpen(round)) return rounds.filter(({ id }) => id !== round.id)
  const at = rounds.findIndex(({ id }) => id === round.id)
  return at < 0 ? [round, ...rounds].slice(0, OPEN_ROUNDS) : rounds.with(at, round)
}

/** The first page of a task's rounds, newest first: a round that is known is replaced, one that is new comes first. */
export const roundsAfter = (
  rounds: readonly RoundView[],
  task: string,
  events: Events,
): readonly RoundView[] =>
  events
    .filter((event) => event.type === 'round')
    .filter(({ round }) => round.task === task)
    .reduce((list, { round }) => {
      const at = list.findIndex(({ id }) => id === round.id)
      if (at >= 0) return list.with(at, round)
      return list.every(({ number }) => number < round.number) ? [round].concat(list) : list
    }, rounds)

export const taskAfter = <Task extends TaskSummary>(task: Task, events: Events): Task =>
  events.reduce(taskAfterOne<Task>, task)

const taskAfterOne = <Task extends TaskSummary>(task: Task, event: LiveEvent): Task => {
  if (event.type === 'model' && event.model.task === task.id) return { ...task, latestModel: event.model }
  if (event.type !== 'round' || event.round.task !== task.id) return task
  const { round } = event
  const isLatest = !task.latestRound || task.latestRound.number <= round.number
  const latestRound = isLatest ? round : task.latestRound
  if (isOpen(round)) return { ...task, openRound: round, latestRound }
  return { ...task, openRound: task.openRound?.id === round.id ? null : task.openRound, latestRound }
}

/** `at` is when the events came: progress is as old as its event. */
export const roundDetailAfter = (detail: RoundDetail, events: Events, at: string): RoundDetail => {
  const heads = events.filter((event) => event.type === 'round').filter(({ round }) => round.id === detail.id)
  const head = heads.at(-1)?.round
  const members = membersAfter(detail, events, at)
  if (!head && members === detail.members) return detail
  return { ...(head ?? detail), members }
}

type Progress = NonNullable<MemberView['progress']>

const membersAfter = ({ id, members }: RoundDetail, events: Events, at: string): MemberView[] => {
  const saved = new Map<string, MemberView>()
  const progress = new Map<string, Omit<Progress, 'at'>>()
  for (const event of events) {
    if (event.type === 'members' && event.round === id)
      for (const member of event.members) saved.set(member.client, member)
    if (event.type === 'progress' && event.round === id)
      for (const { client, ...reached } of event.clients) progress.set(client, reached)
  }
  if (saved.size === 0 && progress.size === 0) return members
  const known = members.map((member) => {
    const now = withProgress(saved.get(member.client) ?? member, member.progress)
    saved.delete(member.client)
    const reached = progress.get(member.client)
    return reached ? { ...now, progress: { ...reached, at } } : now
  })
  if (saved.size === 0) return known
  return [...known, ...saved.values()].toSorted((a, b) => (a.client < b.client ? -1 : 1))
}

/** A saved part that says nothing of progress leaves what was known of it. */
const withProgress = (member: MemberView, known: Progress | undefined): MemberView =>
  member.progress || !known ? member : { ...member, progress: known }

/** Pages of a long list that events make out of date, marked. */
export const longListAfter = (
  path: keyof Routes,
  pages: readonly LongPage<unknown>[],
  events: Events,
): readonly LongPage<unknown>[] => {
  const named = events.flatMap((event): readonly (string | number)[] => {
    if (path === '/clients' && event.type === 'clients') return event.clients
    return path === '/audit' && event.type === 'audit' ? [event.sequence] : []
  })
  const unnamed = path === '/clients' && events.some((event) => event.type === 'clients' && event.more > 0)
  return unnamed || named.length > 0 ? markStale(pages, unnamed ? 'all' : named) : pages
}
