/** Performs what concerns the newest model: fetch it, hold it. */
import type { Digest } from '@tributary/protocols'
import type { Session } from '@tributary/protocols/messages'
import type { Happening } from './event.ts'
import type { Jobs } from './jobs.ts'
import type { LoadBlob } from './load-blob.ts'
import { type LoadedModel, loadModel } from './load-model.ts'
import type { ParticipantNotice } from './notice.ts'
import type { PublishedModel } from './state.ts'

type Needs = {
  loadBlob: LoadBlob
  told(notice: ParticipantNotice): void
  happen(happening: Happening): void
  jobs: Jobs
}

export type Shelf = {
  /** Begins to fetch a model; a fetch that is under way is given up. */
  fetch(published: PublishedModel, session: Session): void
  abandon(): void
  /** Puts the fetched model of this digest in front, or else the one given. */
  hold(weights: Digest, otherwise: LoadedModel | undefined): void
  held(): LoadedModel | undefined
}

export const createShelf = (needs: Needs): Shelf => {
  const { jobs, happen, told } = needs
  let held: LoadedModel | undefined
  let fetched: LoadedModel | undefined
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
          fetched = answer.model
          happen({ type: 'model-fetched', version })
        },
        (error) => {
          if (signal.aborted) return
          told({ type: 'fault', during: 'fetch-model', error })
          happen({ type: 'model-fetch-stopped', version, problem: { kind: 'interrupted' } })
        },
      )
    },
    hold(weights, otherwise) {
      const model = fetched?.digest === weights ? fetched : otherwise
      if (!model) return
      held = model
      fetched = undefined
      told({ type: 'model', model })
    },
  }
}

/** One for all: a reason of its own would be made, with where it was made, for every version. */
const ABANDONED = new DOMException('a newer version is wanted', 'AbortError')
