import type { ClientRoundView, MemberView } from '@tributary/protocols/rest'
import { formatCount, formatMeasure } from '../../format/number.ts'
import type { Tone } from '../../ui/status-badge.tsx'

/** What became of a client's part in a round, in a word and its tone. */
export const partOf = ({ member, outcome }: ClientRoundView): { word: string; tone: Tone } => {
  switch (member.status) {
    case 'invited':
      return outcome === 'open' ? { word: 'invited', tone: 'idle' } : { word: 'never answered', tone: 'bad' }
    case 'accepted':
      return outcome === 'open' ? { word: 'at work', tone: 'busy' } : { word: 'too late', tone: 'warning' }
    case 'declined':
      return { word: `declined: ${inWords(member.reason)}`, tone: 'warning' }
    case 'failed':
      return { word: `failed: ${inWords(member.reason)}`, tone: 'bad' }
    case 'dropped':
      return { word: `dropped: ${inWords(member.reason)}`, tone: 'bad' }
    case 'received':
      return { word: 'update received', tone: 'good' }
    default: {
      const never: never = member
      return never
    }
  }
}

/** How far a part went: between being invited and its last change; null where that was not kept. */
export const tookMs = (member: MemberView): number | null => {
  const end = member.status === 'received' ? member.receivedAt : member.since
  return member.invitedAt === undefined || end === undefined || member.status === 'invited'
    ? null
    : Date.parse(end) - Date.parse(member.invitedAt)
}

/** What its update said of itself: `64 examples · loss 0.21`; empty where that is hidden or there is none. */
export const saidOf = (member: MemberView): string => {
  if (member.status !== 'received') return ''
  const { examples, metrics = {} } = member
  return [
    ...(examples === undefined ? [] : [`${formatCount(examples)} examples`]),
    ...Object.entries(metrics).map(([name, value]) => `${name} ${formatMeasure(value)}`),
  ].join(' · ')
}

const inWords = (reason: string): string => reason.replaceAll('-', ' ')
