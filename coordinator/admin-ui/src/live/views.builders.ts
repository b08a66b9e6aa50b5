/** Answers and events as tests arrange them. */
import type {
  LiveEvent,
  MemberView,
  OverviewView,
  RoundDetail,
  RoundView,
  TaskSummary,
} from '@tributary/protocols/rest'

const AT = '2026-03-01T09:30:00.000Z'
const DIGEST = `sha256:${'0'.repeat(64)}`

type Training = Extract<RoundView, { phase: 'training' }>
type Abandoned = Extract<RoundView, { phase: 'abandoned' }>

const aHead = (task: string, number: number) =>
  ({
    id: `${task}.${number}`,
    task,
    number,
    base: { version: 1, digest: DIGEST },
    assignment: DIGEST,
    openedAt: AT,
  }) as Pick<Training, 'id' | 'task' | 'number' | 'base' | 'assignment' | 'openedAt'>

const aTally = (received: number) => ({
  invited: 50,
  accepted: 50 - received,
  declined: 0,
  failed: 0,
  received,
})

export const aTraining = ({ task = 'digits', number = 1, received = 0 } = {}): Training => ({
  phase: 'training',
  ...aHead(task, number),
  tally: aTally(received),
  startedAt: AT,
  deadlineAt: AT,
})

export const anAbandoned = ({ task = 'digits', number = 1 } = {}): Abandoned => ({
  phase: 'abandoned',
  ...aHead(task, number),
  tally: aTally(0),
  reason: 'operator',
  detail: '',
  endedAt: AT,
})

export const aMember = (digit: string, part: Partial<MemberView> = { status: 'invited' }): MemberView =>
  ({ client: `c-${digit.repeat(32)}`, ...part }) as MemberView

export const aDetail = (members: MemberView[]): RoundDetail => ({ ...aTraining(), members })

export const anOverview = (part: Partial<OverviewView> = {}): OverviewView => ({
  at: AT,
  fleet: { enrolled: 0, revoked: 0, withdrawn: 0, online: 0, waiting: 0, working: 0 },
  tasks: { active: 1, paused: 0, finished: 0 },
  openRounds: [],
  newestModels: [],
  alerts: [],
  ...part,
})

export const aTask = (part: Partial<TaskSummary> = {}): TaskSummary =>
  ({
    id: 'digits',
    title: null,
    status: 'active',
    schedule: { kind: 'manual' },
    assignment: DIGEST,
    createdAt: AT,
    completedRounds: 0,
    openRound: null,
    latestRound: null,
    latestModel: null,
    nextRoundAt: null,
    ...part,
  }) as TaskSummary

export const saved = (round: RoundView): LiveEvent => ({ type: 'round', round })
