/** Performs what concerns the newest model: fetch it, hold it. */

import type { Digest } from '@tributary/protocols'
import type { Session } from '@tributary/protocols/messages'
import { abortReason } from '../abortable.ts'
import type { Happening } from './event.ts'
import type { Jobs } from './jobs.ts'
import type { LoadBlob } from './load-blob.ts'
import { type FetchedModel, type LoadedModel, loadModel, type ModelSource } from './load-model.ts'
import type { ParticipantNotice } from './notice.ts'
import type { PublishedModel } from './state.ts'

type Needs = {
  loadBlob: LoadBlob
  told(notice: ParticipantNotice): void
  happen(happening: Happening): void
  jobs: Jobs
  /** Keeps what is held from here on. */
  keep(source: ModelSource): void
}

export type Shelf = {
  /** Begins to fetch a model; a fetch that is under way is given up. */
  fetch(published: PublishedModel, session: Session): void
  abandon(): void
  /** Puts the fetched model of this digest in front, or else the one given. */
  hold(weights: Digest, otherwise: FetchedModel | undefined): void
  /** Puts a model in front that this device has kept, where there is none as new. */
  putBack(model: LoadedModel): void
  held(): LoadedModel | undefined
}

export const createShelf = (needs: Needs): Shelf => {
  const { jobs, happen, told } = needs
  let held: LoadedModel | undefined
  let fetched: FetchedModel | undefined
  let fetching = new AbortController()

  const abandon = () => {
    fetching.abort(ABANDONED)
    fetched = undefined
  }
  return {
    abandon,
    held: () => held,
    fetch(published, session) {
      const { version } = published.model
      abandon()
      fetching = new AbortController()
      const { signal } = fetching
      void jobs.start(
        async () => {
          const answer = await loadModel(needs.loadBlob, published, session, signal)
          if (signal.aborted) return
          if (answer.kind !== 'loaded')
            return happen({ type: 'model-fetch-stopped', version, problem: answer })
          fetched = answer
          happen({ type: 'model-fetched', version })
        },
        (error) => {
          if (signal.aborted) return
          told({ type: 'fault', during: 'fetch-model', error })
          happen({ type: 'model-fetch-stopped', version, problem: { kind: 'interrupted' } })
        },
      )
    },
    putBack(model) {
      if (!held || held.version < model.version) held = model
    },
    hold(weights, otherwise) {
      const found = fetched?.model.digest === weights ? fetched : otherwise
      if (!found) return
      const { model, source } = found
      held = model
      fetched = undefined
      told({ type: 'model', model })
      needs.keep(source)
    },
  }
}

/** One for all: a reason of its own would be made, with where it was made, for every version. */
const ABANDONED = abortReason('a newer version is wanted')
