import type { Instant } from '@tributary/protocols'
import { timestampOf } from '@tributary/protocols/rest'
import { modelView } from '../http/views/model-view.ts'
import { roundView } from '../http/views/round-view.ts'
import { subjectOf } from '../operate/references.ts'
import type { ModelRecord, Occurrence, Task } from '../ports/records.ts'
import type { Change } from '../ports/store.ts'
import type { Round } from '../round/round.ts'
import { occurrenceOf } from './message.ts'

/** What webhooks are told of a change; `undefined` where it is nothing to them. */
export const occurrenceIn = (change: Change, now: Instant): Occurrence | undefined => {
  switch (change.kind) {
    case 'insert-round':
      return ofRound('round.started', change.round, change.round.openedAt)
    case 'save-round': {
      const { round } = change
      // It is saved once more when nothing of it is owed any longer.
      if (!('endedAt' in round) || round.debts !== 'owed') return undefined
      return ofRound(`round.${round.phase}`, round, round.endedAt)
    }
    case 'insert-model':
      return ofModel(change.model)
    case 'save-task':
      return change.task.status === 'finished' ? ofTask(change.task, now) : undefined
    default:
      return undefined
  }
}

const ofRound = (
  event: 'round.started' | 'round.completed' | 'round.abandoned',
  round: Round,
  at: Instant,
): Occurrence => {
  const { id, task, number, phase } = round
  const outcome =
    round.phase === 'completed'
      ? { version: round.version }
      : round.phase === 'abandoned'
        ? { reason: round.reason }
        : {}
  const brief = { id, task, number, phase, ...outcome }
  return occurrenceOf({ event, subject: id, task, at, view: { whole: roundView(round), brief } })
}

const ofModel = (model: ModelRecord): Occurrence => {
  const { task, version, parent, weights, createdAt } = model
  return occurrenceOf({
    event: 'model.published',
    subject: subjectOf(task, version),
    task,
    at: createdAt,
    view: { whole: modelView(model), brief: { task, version, parent, weights } },
  })
}

const ofTask = ({ id, file, status, createdAt }: Task, at: Instant): Occurrence => {
  const view = { id, title: file.title ?? null, status, createdAt: timestampOf(createdAt) }
  return occurrenceOf({
    event: 'task.finished',
    subject: id,
    task: id,
    at,
    view: { whole: view, brief: view },
  })
}
