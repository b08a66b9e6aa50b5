import { setImmediate } from 'node:timers/promises'
import type { TaskId } from '@tributary/protocols'
import type { BandView } from '@tributary/protocols/rest'
import type { PageRequest, Store } from '../ports/store.ts'
import { type Refusal, refuse } from '../refusal.ts'
import type { Member } from '../round/member.ts'
import { type Abandoned, type Completed, isOpen, type Round } from '../round/round.ts'
import { bandsOf } from './bands.ts'
import { createKept } from './kept.ts'

/** What a round that ended measured. */
export type RoundMeasures = {
  round: Completed | Abandoned
  examples: number
  /** Of sealed updates, together. */
  bytes: number
  bands: Record<string, BandView>
}

export type TaskMetrics = {
  /** Of rounds that ended, newest first. */
  page(task: TaskId, page: PageRequest<number>): Promise<RoundMeasures[] | Refusal>
  /** The same, one after the other, `most` of them. */
  all(task: TaskId, request: { most: number }): Promise<AsyncIterable<RoundMeasures> | Refusal>
}

type Needs = { store: Pick<Store, 'tasks' | 'rounds' | 'members'> }

/** A round's measures are a kilobyte or two. */
const MOST_KEPT = 1_000
const PAGE = 100

/** What rounds and their clients measured. A round that ended does not change: its members are read once. */
export const createTaskMetrics = ({ store }: Needs): TaskMetrics => {
  const kept = createKept<string, Omit<RoundMeasures, 'round'>>({ most: MOST_KEPT })

  const measuresOf = async (round: Completed | Abandoned): Promise<RoundMeasures> => ({
    round,
    ...(await kept(round.id, async () => {
      await setImmediate() // a cohort of ten thousand is a tenth of a second to read: others have their turn in between
      return sumUp(round, await store.members.ofRound(round.id))
    })),
  })

  /** A round that is open is the newest, and so on a first page alone. */
  const endedOf = async (task: TaskId, { limit, after }: PageRequest<number>) => {
    const page = after === undefined ? { limit: limit + 1 } : { limit, after }
    return (await store.rounds.list(task, page)).filter(hasEnded).slice(0, limit)
  }

  async function* every(task: TaskId, most: number): AsyncGenerator<RoundMeasures> {
    let left = most
    for (let after: number | undefined; left > 0; ) {
      const limit = Math.min(left, PAGE)
      const rounds = await endedOf(task, { limit, ...(after !== undefined && { after }) })
      for (const round of rounds) yield await measuresOf(round)
      after = rounds.at(-1)?.number
      left -= rounds.length
      if (rounds.length < limit) return
    }
  }

  const unknown = async (task: TaskId): Promise<Refusal | undefined> =>
    (await store.tasks.get(task)) ? undefined : refuse('not-found', `there is no task ${task}`)

  return {
    async page(task, page) {
      const refusal = await unknown(task)
      if (refusal) return refusal
      const measures: RoundMeasures[] = []
      for (const round of await endedOf(task, page)) measures.push(await measuresOf(round))
      return measures
    },
    all: async (task, { most }) => (await unknown(task)) ?? every(task, most),
  }
}

const hasEnded = (round: Round): round is Completed | Abandoned => !isOpen(round)

const sumUp = (round: Completed | Abandoned, members: readonly Member[]): Omit<RoundMeasures, 'round'> => {
  let bytes = 0
  let examples = 0
  for (const member of members) {
    if (member.status !== 'received') continue
    bytes += member.receipt.bytes
    if (!('masked' in member.receipt)) examples += member.receipt.examples
  }
  return {
    bytes,
    examples: round.phase === 'completed' ? round.examples : examples,
    bands: round.privacy ? {} : bandsOf(members), // what is noised in sum is not shown one by one
  }
}
