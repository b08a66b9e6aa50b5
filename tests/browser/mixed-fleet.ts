/** A task whose cohort is one page in a browser and three clients in Node. */
import { join } from 'node:path'
import { createNodeClient, type FederatedClient } from '@tributary/client-sdk/node'
import {
  createTfjsEngine,
  createTfjsTrainer,
  describeTfjsModel,
  type TfjsTrainer,
} from '@tributary/client-sdk/tfjs'
import type { ClientId } from '@tributary/protocols'
import type { TaskFileInput } from '@tributary/protocols/task'
import type { BrowserContext } from 'playwright-core'
import { temporaryFolder } from '../fleet/folder-bytes.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import { type LearnerPage, openLearnerPage } from './learner-page.ts'
import type { LearnerOptions } from './page/learner.ts'
import { pointsOf } from './points.ts'
import type { Site } from './site.ts'

export type MixedFleet = AsyncDisposable & {
  coordinator: TestCoordinator
  nodes: { id: ClientId; client: FederatedClient<TfjsTrainer> }[]
  /** Good for one page. */
  token: string
  /** On any backend of tfjs that works, unless one is preferred. */
  openPage(
    context: BrowserContext,
    wishes?: { address?: string } & Pick<LearnerOptions, 'prefer' | 'workers' | 'conditions'>,
  ): Promise<LearnerPage>
  /** Begins a round and gives its id. */
  begin(): Promise<string>
}

const TASK = 'points'
const NODES = 3

/** The clients in Node have joined; a round that begins waits for a page to join as well. */
export const startMixedFleet = async (site: Site): Promise<MixedFleet> => {
  await using ending = new AsyncDisposableStack()
  const coordinator = ending.use(
    await startCoordinator({ cors: { kind: 'origins', origins: [site.origin] } }),
  )
  const { operator, url } = coordinator
  await operator.createTask(await pointsTask())
  const token = await operator.invite(NODES + 1)
  const folder = ending.use(await temporaryFolder())
  const nodes = await Promise.all(
    Array.from({ length: NODES }, async (_, n) => {
      const client = createNodeClient({
        coordinator: url,
        task: TASK,
        consent: 'granted',
        folder: join(folder.path, `${n}`),
        trainer: createTfjsTrainer({ engine, examples: pointsOf(`node ${n}`, 40 + 10 * n) }),
      })
      ending.defer(() => client.leave())
      const id = await client.enrol(token)
      await client.join()
      return { id, client }
    }),
  )
  const end = ending.move()
  return {
    coordinator,
    nodes,
    token,
    openPage: (context, { address = site.origin, ...wishes } = {}) =>
      openLearnerPage(context, {
        address,
        learner: {
          coordinator: url,
          task: TASK,
          examples: { seed: 'page', count: 60 },
          ...wishes,
        },
      }),
    begin: async () => (await operator.trigger(TASK)).id,
    [Symbol.asyncDispose]: () => end.disposeAsync(),
  }
}

/** One for all, so that tfjs is loaded and the model built once. */
const engine = createTfjsEngine({ prefer: ['wasm'], log: () => undefined })

export const pointsTask = async (units = 16): Promise<TaskFileInput> => {
  const { layers: tf } = await engine.backend()
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units, activation: 'relu', inputShape: [2] }),
      tf.layers.dense({ units: 3, activation: 'softmax' }),
    ],
  })
  try {
    return {
      id: TASK,
      model: describeTfjsModel(model),
      plan: {
        epochs: 10,
        batchSize: 10,
        optimizer: { name: 'sgd', learningRate: 0.2 },
        loss: 'softmax-cross-entropy',
      },
      cohort: {
        target: NODES + 1,
        quorum: NODES + 1,
        overSelection: 1,
        selectionSeconds: 30,
        trainingSeconds: 30,
      },
      schedule: { kind: 'manual' },
    }
  } finally {
    model.dispose()
  }
}
