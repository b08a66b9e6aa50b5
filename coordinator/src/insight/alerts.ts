/** What wants a person's attention, each kind a function of what is known: it goes when its cause does. */
import type { TaskId } from '@tributary/protocols'
import type { AlertView } from '@tributary/protocols/rest'
import type { LedgerReport } from '../operate/privacy-ledger.ts'
import type { DiskRoom, EventLoopDelay } from '../ports/host.ts'
import type { ModelRecord, Webhook } from '../ports/records.ts'
import type { Abandoned, Completed, Round } from '../round/round.ts'

/** How late a wait or a deadline is before it is told. */
const PATIENCE_MS = 60_000
const ABANDONED_IN_A_ROW = 3
const FEW_ROUNDS = 3

/** `ended`: the task's rounds that ended, newest first. */
export const roundsAbandoned = (task: TaskId, ended: readonly (Completed | Abandoned)[]): AlertView[] => {
  const completed = ended.findIndex(({ phase }) => phase === 'completed')
  const inARow = completed === -1 ? ended.length : completed
  const [last] = ended
  if (inARow < ABANDONED_IN_A_ROW || last?.phase !== 'abandoned') return []
  return [
    {
      kind: 'rounds-abandoned',
      severity: 'critical',
      task,
      detail: `The last ${inARow} rounds were abandoned, the last one for ${last.reason}: ${sentence(last.detail)} Look at its members, and at the cohort and time limits of the task.`,
    },
  ]
}

export const tooFewClients = (
  round: Round | undefined,
  { waiting, at }: { waiting: number; at: number },
): AlertView[] => {
  if (round?.phase !== 'selecting' || waiting >= round.wanted || at - round.openedAt <= PATIENCE_MS) return []
  return [
    {
      kind: 'too-few-clients',
      severity: 'warning',
      task: round.task,
      detail: `Round ${round.id} has waited ${minutes(at - round.openedAt)} for clients: ${waiting} of ${round.wanted} are there. Invite more, or ask for a smaller cohort.`,
    },
  ]
}

/** `dueAt`: when the schedule was to begin the next round, where none is open. */
export const roundOverdue = (
  task: TaskId,
  { dueAt, latest, at }: { dueAt: number | undefined; latest: Round | undefined; at: number },
): AlertView[] => {
  const overdue = (since: number | undefined, what: string): AlertView[] =>
    since === undefined || at - since <= PATIENCE_MS
      ? []
      : [{ kind: 'round-overdue', severity: 'warning', task, detail: `${what} ${minutes(at - since)} ago.` }]
  if (latest && 'deadlineAt' in latest)
    return overdue(
      latest.deadlineAt,
      `Round ${latest.id} goes on, though nobody may drive it: look at the coordinator’s log. Its deadline passed`,
    )
  return overdue(
    dueAt,
    'The next round has not begun: see that the task has a model, and look at the coordinator’s log. It was due',
  )
}

/** Steps that run the wrong way before it is told, and how far beyond what is usual they have to lead. */
const WORSE_STEPS = 3
const WORSE_SHARE = 0.05
const BEYOND_NOISE = 2

const WORSE = [
  { metric: /(^|[^a-z])loss$/i, sign: 1, verb: 'risen' },
  { metric: /(^|[^a-z])accuracy$/i, sign: -1, verb: 'fallen' },
] as const

/**
 * Loss that rose, or accuracy that fell, with each of the last three versions, by a twentieth in all and by more than twice the
 * usual step before. `models`: newest first; only the last run of versions that rounds made one from the other is looked at.
 */
export const metricWorse = (task: TaskId, models: readonly ModelRecord[]): AlertView[] => {
  const run: Record<string, number>[] = []
  for (const { origin } of models) {
    if (origin.kind !== 'round') break
    run.unshift(origin.metrics)
  }
  return Object.keys(run.at(-1) ?? {})
    .toSorted()
    .flatMap((name): AlertView[] => {
      const kind = WORSE.find(({ metric }) => metric.test(name))
      if (!kind) return []
      const line = lastLine(run.map((metrics) => metrics[name])).map((value) => value * kind.sign)
      if (!runsUp(line)) return []
      const from = Math.abs(line.at(-1 - WORSE_STEPS) ?? 0)
      const to = Math.abs(line.at(-1) ?? 0)
      return [
        {
          kind: 'metric-worse',
          severity: 'warning',
          task,
          detail: `The ${name} has ${kind.verb} with each of the last ${WORSE_STEPS} versions, from ${short(from)} to ${short(to)}. Look at who took part, lower the learning rate, or roll back.`,
        },
      ]
    })
}

/** The numbers after the last gap. */
const lastLine = (values: readonly (number | undefined)[]): number[] => {
  const line: number[] = []
  for (const value of values.toReversed()) {
    if (value === undefined || !Number.isFinite(value)) break
    line.unshift(value)
  }
  return line
}

const runsUp = (line: readonly number[]): boolean => {
  const steps = line.slice(1).map((value, index) => value - (line[index] ?? 0))
  const last = steps.slice(-WORSE_STEPS)
  if (last.length < WORSE_STEPS || last.some((step) => step <= 0)) return false
  const rise = last.reduce((sum, step) => sum + step, 0)
  const from = Math.abs(line.at(-1 - WORSE_STEPS) ?? 0)
  const before = steps
    .slice(0, -WORSE_STEPS)
    .map(Math.abs)
    .toSorted((a, b) => a - b)
  const usual = before[Math.floor(before.length / 2)] ?? 0
  return rise > WORSE_SHARE * from && rise > BEYOND_NOISE * usual
}

export const privacyBudget = (
  task: TaskId,
  report: Pick<LedgerReport, 'roundsLeft'> | undefined,
): AlertView[] => {
  if (!report || report.roundsLeft === 'unlimited' || report.roundsLeft > FEW_ROUNDS) return []
  const { roundsLeft } = report
  return [
    roundsLeft === 0
      ? {
          kind: 'privacy-budget',
          severity: 'critical',
          task,
          detail: 'The privacy budget is spent: no round of this task can begin any more. Finish it.',
        }
      : {
          kind: 'privacy-budget',
          severity: 'warning',
          task,
          detail: `The privacy budget allows ${roundsLeft} more ${roundsLeft === 1 ? 'round' : 'rounds'}. Choose the version to keep, and finish the task.`,
        },
  ]
}

const LATE_MS = { warning: 200, critical: 1_000 }

export const eventLoopLate = ({ p99 }: Pick<EventLoopDelay, 'p99'>): AlertView[] =>
  p99 < LATE_MS.warning
    ? []
    : [
        {
          kind: 'event-loop-late',
          severity: p99 < LATE_MS.critical ? 'warning' : 'critical',
          task: null,
          detail: `This process answers late: one turn in a hundred takes ${Math.round(p99)} ms. Give it a core of its own, or add processes.`,
        },
      ]

const GIBIBYTE = 2 ** 30

/** Room on the disk where the data folder is; nothing is said where there is none. */
export const diskNearlyFull = (room: DiskRoom | null): AlertView[] => {
  if (!room) return []
  const { freeBytes, totalBytes } = room
  if (freeBytes > Math.min(10 * GIBIBYTE, 0.1 * totalBytes)) return []
  const isCritical = freeBytes <= Math.min(GIBIBYTE, 0.02 * totalBytes)
  return [
    {
      kind: 'disk-nearly-full',
      severity: isCritical ? 'critical' : 'warning',
      task: null,
      detail: `${Math.floor(freeBytes / 2 ** 20)} MiB are free where the data folder is. Make room, or let go of old weights with tributary retention.`,
    },
  ]
}

/** `failing`: webhooks to which the last deliveries failed. */
export const webhookFailing = (failing: readonly Pick<Webhook, 'id' | 'name'>[]): AlertView[] =>
  failing.map(({ id, name }) => ({
    kind: 'webhook-failing',
    severity: 'warning',
    task: null,
    detail: `The last deliveries to the webhook “${name}” failed: see the deliveries of ${id}, mend its receiver, and deliver them again.`,
  }))

const minutes = (ms: number): string => {
  const whole = Math.floor(ms / 60_000)
  return whole < 120 ? `${whole} ${whole === 1 ? 'minute' : 'minutes'}` : `${Math.floor(whole / 60)} hours`
}

const sentence = (text: string): string => (text === '' || text.endsWith('.') ? text : `${text}.`)

const short = (value: number): string => String(Number(value.toPrecision(3)))
