import type { MemberView } from '@tributary/protocols/rest'

/** What a member does, finer than its status: whoever has accepted downloads until its training says how far it is. */
export type Stage =
  | 'invited'
  | 'downloading'
  | 'training'
  | 'sending'
  | 'uploaded'
  /** Was invited or at work when the round ended. */
  | 'unfinished'
  | 'declined'
  | 'failed'
  | 'dropped'

export const stageOf = (member: MemberView, { over = false } = {}): Stage => {
  if (over && (member.status === 'invited' || member.status === 'accepted')) return 'unfinished'
  switch (member.status) {
    case 'received':
      return 'uploaded'
    case 'accepted':
      if (!member.progress) return 'downloading'
      return member.progress.fraction >= 1 ? 'sending' : 'training'
    default:
      return member.status
  }
}

/** As a timeline's filter names them, those that want attention first. */
export const STAGES: readonly Stage[] = [
  'failed',
  'dropped',
  'declined',
  'invited',
  'downloading',
  'training',
  'sending',
  'unfinished',
  'uploaded',
]

export const countStages = (stages: readonly Stage[]): ReadonlyMap<Stage, number> => {
  const counts = new Map<Stage, number>(STAGES.map((stage) => [stage, 0]))
  for (const stage of stages) counts.set(stage, (counts.get(stage) ?? 0) + 1)
  return counts
}

/** What wants attention comes first: failures, then who is furthest from done, then refusals, then who is done, the last first. */
export const byAttention = (a: MemberView, b: MemberView): number =>
  RANK[stageOf(a)] - RANK[stageOf(b)] || withinStage(a, b) || (a.client < b.client ? -1 : 1)

const RANK: Record<Stage, number> = {
  failed: 0,
  dropped: 1,
  invited: 2,
  downloading: 3,
  training: 4,
  sending: 5,
  declined: 6,
  unfinished: 7,
  uploaded: 8,
}

const withinStage = (a: MemberView, b: MemberView): number => {
  if (a.status === 'received' && b.status === 'received')
    return b.receivedAt < a.receivedAt ? -1 : Number(b.receivedAt > a.receivedAt)
  return (a.progress?.fraction ?? 0) - (b.progress?.fraction ?? 0)
}
