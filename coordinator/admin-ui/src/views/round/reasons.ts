/** Reason words of the protocol as a person would say them. A word that is new to this page is shown as it is. */
import type { MemberView, RoundView } from '@tributary/protocols/rest'

type AbandonReason = Extract<RoundView, { phase: 'abandoned' }>['reason']
type DeclineReason = Extract<MemberView, { status: 'declined' }>['reason']
type FailureReason = Extract<MemberView, { status: 'failed' }>['reason']
type DropReason = Extract<MemberView, { status: 'dropped' }>['reason']

const ABANDONED: Record<AbandonReason, string> = {
  'too-few-clients': 'fewer clients than the quorum were there',
  'no-quorum': 'fewer updates than the quorum came in time',
  'cannot-reach-quorum': 'too many declined, failed or were dropped for the quorum to be reached',
  'no-graph': 'no graph of the cohort meets the conditions of secure aggregation',
  'too-few-shares': 'too few clients were left to open the sum',
  'wrong-dealing': 'a client dealt wrong shares',
  'out-of-range': 'the sum is none that honest updates add up to',
  'aggregation-failed': 'the updates could not be aggregated',
  'gate-refused': 'the new weights were not finite',
  operator: 'an operator abandoned it',
  'task-finished': 'the task was finished',
  restored: 'the coordinator was restored from a backup made while it was open',
}

const DECLINED: Record<DeclineReason, string> = {
  busy: 'was busy',
  'unsupported-model': 'cannot train this model',
  'untrusted-model': 'was not shown the signature of the coordinator that it has pinned',
  'no-data': 'has no data',
  conditions: 'its conditions were not met (power, network, idle)',
  consent: 'has no consent of its user',
  other: 'gave no reason',
}

const FAILED: Record<FailureReason, string> = {
  'privacy-floor': 'the task protects updates less than it insists on',
  'participation-limit': 'would pass the limit of its participations',
  'secure-aggregation': 'left the secure session: it was told what no honest coordinator says',
  'no-examples': 'had no examples',
  'training-error': 'its training failed',
  'device-limit': 'its training took more time or memory than its app allows',
  'download-error': 'could not download the model',
  'upload-error': 'could not upload its update',
  diverged: 'its training diverged',
  aborted: 'its training was stopped',
}

const DROPPED: Partial<Record<DropReason, string>> = {
  silent: 'was silent for a whole step',
  left: 'left the session',
  refused: 'was refused',
  malformed: 'sent something malformed',
  'bad-signature': 'sent a wrong signature',
  'cohort-full': 'came when the cohort was full',
}

export const abandonedInWords = (reason: AbandonReason): string => ABANDONED[reason] ?? plain(reason)

/** Why a member is out, in words; empty where it is not. */
export const outInWords = (member: MemberView): string => {
  switch (member.status) {
    case 'declined':
      return DECLINED[member.reason] ?? plain(member.reason)
    case 'failed':
      return FAILED[member.reason] ?? plain(member.reason)
    case 'dropped':
      return DROPPED[member.reason] ?? `was dropped: ${plain(member.reason)}`
    default:
      return ''
  }
}

const plain = (reason: string): string => reason.replaceAll('-', ' ')
