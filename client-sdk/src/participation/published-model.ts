/** The newest model there is: fetched when it is published, held when it is verified, never exchanged for an older one. */
import { type ModelVersion, unreachable } from '@tributary/protocols'
import type { Effect } from './effect.ts'
import type { Moment, TransferProblem } from './event.ts'
import type { Joined, Model, PublishedModel } from './state.ts'
import { type Step, step, still } from './step.ts'
import { awaitingSession, paused, retryAt, started } from './transfer.ts'

export const hearOfModel = (joined: Joined, { model, assignment, signature }: PublishedModel): Step => {
  const known = joined.model.is === 'fetching' ? joined.model.wanted.model.version : joined.model.newest
  if (model.version <= known) return still(joined)
  return fetchModel({
    ...joined,
    model: {
      is: 'fetching',
      newest: joined.model.newest,
      wanted: { model, assignment, ...(signature && { signature }) },
      transfer: started(),
    },
  })
}

export const modelFetched = (joined: Joined, version: ModelVersion): Step => {
  const { model } = joined
  if (model.is !== 'fetching' || model.wanted.model.version !== version || model.transfer.is !== 'running')
    return still(joined)
  const { newest, wanted } = model
  return holdModel({ ...joined, model: { is: 'held', newest } }, wanted)
}

export const modelFetchStopped = (
  joined: Joined,
  version: ModelVersion,
  problem: TransferProblem,
  moment: Moment,
): Step => {
  const { model } = joined
  if (model.is !== 'fetching' || model.wanted.model.version !== version || model.transfer.is !== 'running')
    return still(joined)
  switch (problem.kind) {
    case 'interrupted':
      return still({
        ...joined,
        model: { ...model, transfer: paused(model.transfer, moment, problem.afterMs) },
      })
    case 'unauthenticated':
      return still({ ...joined, model: { ...model, transfer: awaitingSession(model.transfer) } })
    case 'round-over':
    case 'refused': {
      const why = problem.kind === 'refused' ? problem.detail : problem.kind
      const detail = `version ${version} of the model was not fetched: ${why}`
      return step(
        { ...joined, model: { is: 'held', newest: model.newest } },
        { type: 'tell', notice: { type: 'problem', code: 'model-not-fetched', detail } },
      )
    }
    default:
      return unreachable(problem)
  }
}

/** Makes a model that has been fetched the one that predictions come from, unless a newer one is held. */
export const holdModel = (joined: Joined, { model, assignment }: PublishedModel): Step => {
  if (model.version <= joined.model.newest) return still(joined)
  const hold: Effect = {
    type: 'hold',
    version: model.version,
    weights: model.digest,
    assignment: assignment.digest,
  }
  if (joined.model.is === 'fetching' && joined.model.wanted.model.version > model.version)
    return step({ ...joined, model: { ...joined.model, newest: model.version } }, hold)
  return step(
    { ...joined, model: { is: 'held', newest: model.version } },
    ...abandonFetch(joined.model),
    hold,
  )
}

/** A fetch that waits for its next attempt has nothing under way. */
export const abandonFetch = (model: Model): Effect[] =>
  model.is === 'fetching' && model.transfer.is === 'running' ? [{ type: 'abandon-model-fetch' }] : []

export const keepFetchingModel = (joined: Joined, { at }: Moment): Step => {
  const due = joined.model.is === 'fetching' ? retryAt(joined.model.transfer) : undefined
  return due !== undefined && due <= at ? resumeModelFetch(joined) : still(joined)
}

/** The network is back, or a session is: no need to wait any longer. */
export const resumeModelFetch = (joined: Joined): Step => {
  const { model } = joined
  if (model.is !== 'fetching' || model.transfer.is === 'running') return still(joined)
  return fetchModel({ ...joined, model: { ...model, transfer: started(model.transfer.attempt) } })
}

const fetchModel = (joined: Joined): Step => {
  const { model, session } = joined
  if (model.is !== 'fetching') return still(joined)
  if (!session) return still({ ...joined, model: { ...model, transfer: awaitingSession(model.transfer) } })
  return step(joined, { type: 'fetch-model', published: model.wanted, session })
}
