/** One worker from its start to its end, as the app's side sees it. */
import type { Clock } from '@tributary/protocols/platform'
import type { Assignment } from '@tributary/protocols/task'
import { messageOf } from '../tributary-error.ts'
import { workerFailed } from './faults.ts'
import { type AppMessage, isOurs, WorkerMessage } from './messages.ts'
import { type AnyWorker, openWorkerLine, type WorkerLine } from './worker-line.ts'

export type HiredWorker = {
  /** @throws DataCloneError for what cannot pass. */
  post(message: AppMessage, transfer?: ArrayBuffer[]): void
  /** The number of this assignment there, which is sent unless the worker has it. */
  keyOf(assignment: Assignment): number
  /** While there is work the worker must be heard of, and the process stays alive. */
  expect(work: 'some' | 'none'): void
  end(): void
}

type Needs = {
  create(): AnyWorker
  clock: Clock
  /** How long it may be silent while it starts and while there is work. */
  answerMs: number
  heard(message: WorkerMessage): void
  /** Once at most, and then it is gone. */
  dead(why: { problem: string; cause?: unknown }): void
}

/** Assignments that a worker keeps: of a client's tasks, and the model before. */
const KEPT = 4

/** @throws TributaryError `worker-failed` where the app cannot make one. */
export const hireWorker = ({ create, clock, answerMs, heard, dead }: Needs): HiredWorker => {
  const line = openWorkerLine(created(create), {
    heard(value) {
      if (!isOurs(value)) return
      const message = WorkerMessage.safeParse(value)
      if (!message.success)
        return die({ problem: `the worker sent what is no message: ${message.error.message}` })
      spoken = true
      awaitWord()
      heard(message.data)
    },
    dead: (cause) => die({ problem: `the worker failed: ${messageOf(cause)}`, cause }),
  })
  let spoken = false
  let expecting: 'some' | 'none' = 'some'
  let cancelSilence = () => {}
  const awaitWord = () => {
    cancelSilence()
    if (expecting === 'none') return
    cancelSilence = clock.wakeAt(clock.now() + answerMs, () =>
      die({
        problem: `the worker has not been heard of for ${answerMs / 1_000} s${spoken ? '' : ': does its file call serveTrainer?'}`,
      }),
    )
  }
  const end = () => {
    cancelSilence()
    line.end()
  }
  const die = (why: { problem: string; cause?: unknown }) => {
    end()
    dead(why)
  }
  awaitWord()
  return {
    post: (message, transfer = []) => line.post(message, transfer),
    keyOf: assignmentsOf(line),
    expect(work) {
      expecting = work
      line.hold(work)
      awaitWord()
    },
    end,
  }
}

const created = (create: () => AnyWorker): AnyWorker => {
  try {
    return create()
  } catch (cause) {
    throw workerFailed(`the app could not start its worker: ${messageOf(cause)}`, cause)
  }
}

/** The worker keeps those used last, so that they are not sent again in every round. Equal ones are one, whoever made them. */
const assignmentsOf = (line: WorkerLine) => {
  const known: { key: number; assignment: Assignment; text: string }[] = []
  let made = 0
  const say = (message: AppMessage) => line.post(message, [])
  return (assignment: Assignment): number => {
    const text = known.find((one) => one.assignment === assignment)?.text ?? JSON.stringify(assignment)
    const at = known.findIndex((one) => one.text === text)
    const [found] = at < 0 ? [] : known.splice(at, 1)
    const entry = found ?? { key: made++, assignment, text }
    if (!found) say({ tributary: 'assignment', key: entry.key, assignment })
    known.push(entry)
    const [oldest] = known.length > KEPT ? known.splice(0, 1) : []
    if (oldest) say({ tributary: 'forget', key: oldest.key })
    return entry.key
  }
}
