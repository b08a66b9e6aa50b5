/** A client's part in a round as a span, from the states that it goes through. Pure: instants arrive. */
import type { Instant, RoundId, TaskId } from '@tributary/protocols'
import type { Status } from '../participation/index.ts'
import type { ClientSpan } from './tracer.ts'

type Working = Extract<Status, { round: RoundId }>

/** A part in a round that goes on. */
export type Following = {
  round: RoundId
  parts: { name: string; startedAt: Instant; endedAt?: Instant }[]
  outcome: 'left' | 'acknowledged' | 'declined' | 'failed'
  reason?: string
}

const PART: Record<Working['is'], string> = {
  invited: 'decide',
  fetching: 'download',
  training: 'train',
  submitting: 'upload',
  unmasking: 'unmask',
}

/** Follows a state; whatever part was under way in another one is over. */
export const followed = (before: Following | undefined, status: Working, at: Instant): Following => {
  const { round } = status
  const name = PART[status.is]
  if (before?.round !== round) return { round, outcome: 'left', parts: [{ name, startedAt: at }] }
  const last = before.parts.at(-1)
  // Sealing is a part of training to the machine.
  if (last?.name === name || (name === 'train' && last?.name === 'seal')) return before
  return { ...before, parts: [...closed(before.parts, at), { name, startedAt: at }] }
}

/** Training is done, and sealing begins. */
export const trained = (following: Following, at: Instant): Following => ({
  ...following,
  parts: [...closed(following.parts, at), { name: 'seal', startedAt: at }],
})

/** The whole of it, once this client works for the round no longer. */
export const spanOf = (
  { round, parts, outcome, reason }: Following,
  { task, client, at }: { task: TaskId; client: string; at: Instant },
): ClientSpan => {
  const attributes = { 'tributary.task': task, 'tributary.round': round, 'tributary.client': client }
  const done = closed(parts, at)
  return {
    name: 'participation',
    startedAt: done[0]?.startedAt ?? at,
    endedAt: done.at(-1)?.endedAt ?? at,
    attributes: {
      ...attributes,
      'tributary.outcome': outcome,
      ...(reason !== undefined && { 'tributary.reason': reason }),
    },
    ...(outcome === 'failed' && { error: reason ?? 'failed' }),
    parts: done.map((part) => ({ ...part, attributes, parts: [] })),
  }
}

/** Clocks are set back: nothing ends before it begins. */
const closed = (parts: Following['parts'], at: Instant) =>
  parts.map((part) => ({ ...part, endedAt: part.endedAt ?? Math.max(part.startedAt, at) }))
