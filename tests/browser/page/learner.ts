/**
 * A small app that learns with others, as an app's author would write it: it paints what it has learned. For the tests
 * it notes what it hears, and can be told to be slow.
 */
import type { Conditions } from '@tributary/client-sdk'
import { createBrowserClient } from '@tributary/client-sdk/browser'
import { type BackendName, createTfjsTrainer, type TfjsTrainer } from '@tributary/client-sdk/tfjs'
import { createWorkerTrainer, type TrainingLimits } from '@tributary/client-sdk/worker'
import { manifestOf } from '@tributary/protocols/task'
import { digestOf, encodeSafetensors } from '@tributary/protocols/tensors'
import { pointsOf } from '../points.ts'
import type { WorkerMood } from './learner-worker.ts'
import { createPainting } from './painting.ts'

export type LearnerOptions = {
  coordinator: string
  task: string
  /** Decides this page's own examples, and how many it has. */
  examples: { seed: string; count: number }
  /** Backends of tfjs to try; left out, the browser's own order. */
  prefer?: readonly BackendName[]
  /** Trains in workers: the moods of the first, of the one after it, …; the last one's for all that follow. */
  workers?: { moods: readonly WorkerMood[]; limits?: TrainingLimits; answerSeconds?: number }
  conditions?: Conditions
}

export type Learner = ReturnType<typeof createLearner>

export type InPage = typeof globalThis & { openLearner(options: LearnerOptions): Learner; learner: Learner }

const createLearner = ({ coordinator, task, examples, prefer, workers, conditions }: LearnerOptions) => {
  const mine = pointsOf(examples.seed, examples.count)
  const painting = createPainting(mine)
  const heard = {
    /** The line that says what tfjs computes on. */
    backend: '',
    states: [] as string[],
    submitted: [] as string[],
    models: [] as { version: number; digest: string }[],
    ended: [] as { round: string; outcome: { kind: string } }[],
    failed: [] as { round: string; reason: string; detail: string }[],
    errors: [] as string[],
  }
  let held: { trained: boolean; letGo: PromiseWithResolvers<void> } | undefined
  const own = workers
    ? trainerInWorkers(workers)
    : createTfjsTrainer({
        examples: mine,
        backend: {
          ...(prefer ? { prefer } : {}),
          wasmFiles: '/wasm',
          log(line) {
            heard.backend = line
          },
        },
      })
  const trainer: TfjsTrainer = {
    ...own,
    async train(job) {
      const result = await own.train(job)
      if (held) held.trained = true
      await held?.letGo.promise
      return result
    },
  }
  const client = createBrowserClient({
    coordinator,
    task,
    trainer,
    consent: 'granted',
    ...(conditions && { conditions }),
  })

  client.on('state', (state) => {
    heard.states.push(state.is)
    painting.say(state.is)
  })
  client.on('submitted', ({ round }) => heard.submitted.push(round))
  client.on('round-ended', (end) => heard.ended.push(end))
  client.on('failed', (failure) => heard.failed.push(failure))
  client.on('error', ({ code, message }) => heard.errors.push(`${code}: ${message}`))
  client.on('model', ({ version, digest }) => {
    heard.models.push({ version, digest })
    painting
      .paint(`version ${version}`, (inputs) => client.predict(inputs))
      .catch((error) => heard.errors.push(String(error)))
  })

  return {
    heard,
    id: () => client.id(),
    enrol: (token: string) => client.enrol(token),
    join: () => client.join(),
    withdraw: () => client.withdraw(),
    decline: () => client.consent.decline(),
    grant: () => client.consent.grant(),
    consent: () => client.consent.state,
    version: () => client.model?.version,
    leave: () => client.leave(),
    state: () => client.state,
    /** Probabilities of the three kinds for each point of `inputs`, row by row. */
    predict: async (inputs: number[]) => [...(await client.predict(Float32Array.from(inputs)))],
    /** The digest of the file that the weights in this page's memory make. */
    digestOfWeights() {
      const { model } = client
      if (!model) throw new Error('the page has no model')
      return digestOf(
        encodeSafetensors({ tensors: manifestOf(model.assignment.model), values: model.weights }),
      )
    },
    /** Trainings from here on are finished, and not handed over before `letGo`. */
    holdTraining() {
      held = { trained: false, letGo: Promise.withResolvers() }
    },
    hasTrained: () => held?.trained ?? false,
    letGo: () => held?.letGo.resolve(),
  }
}

const trainerInWorkers = ({ moods, ...options }: NonNullable<LearnerOptions['workers']>) => {
  let started = 0
  return createWorkerTrainer<TfjsTrainer>({
    ...options,
    worker() {
      const mood = moods[Math.min(started++, moods.length - 1)]
      return new Worker(`/learner-worker.js#${mood}`, { type: 'module' })
    },
  })
}

Object.assign(globalThis, {
  openLearner(options: LearnerOptions) {
    const learner = createLearner(options)
    Object.assign(globalThis, { learner })
    return learner
  },
})
