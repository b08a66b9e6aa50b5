/** A task whose training is a sum, so that what a round makes of it is known to the bit: one client in Node, which waits for another of two. */
import { join } from 'node:path'
import { createNodeClient } from '@tributary/client-sdk/node'
import { ClientId } from '@tributary/protocols'
import { expect } from 'vitest'
import { temporaryFolder } from './folder-bytes.ts'
import { bitsOf, referenceFedavg } from './reference-fedavg.ts'
import { startCoordinator, type TestCoordinator } from './test-coordinator.ts'

export const SUMS = 'sums'
const PARAMETERS = 20_000

/** What each of the two adds to every parameter, and on how many examples. */
const IN_NODE = { adds: 3, examples: 15 }
export const AWAITED = { adds: 1, examples: 5 }

export type Sums = AsyncDisposable & {
  coordinator: TestCoordinator
  token: string
  folder: string
  begin(): Promise<string>
  /** Whether the coordinator has the awaited client's update. */
  hasReceived(round: string, client: string): Promise<boolean>
  /** The round has ended, counted each of the two once, and made the one version that follows from that. */
  expectBothOnce(round: string, client: string): Promise<void>
  /** The coordinator is gone. */
  stopCoordinator(): Promise<void>
}

export const startSums = async (wishes: Parameters<typeof startCoordinator>[0] = {}): Promise<Sums> => {
  await using ending = new AsyncDisposableStack()
  const folder = ending.use(await temporaryFolder())
  const coordinator = await startCoordinator(wishes)
  let stopping: Promise<void> | undefined
  const stopCoordinator = async () => {
    stopping ??= Promise.resolve(coordinator[Symbol.asyncDispose]())
    await stopping
  }
  ending.defer(stopCoordinator)
  const { operator, url } = coordinator
  await operator.createTask({
    id: SUMS,
    model: {
      format: 'custom',
      trainer: 'sums',
      tensors: [{ name: 'w', shape: [PARAMETERS], dtype: 'F32', initializer: 'ones' }],
      initial: { kind: 'seeded', seed: 1 },
    },
    plan: {
      epochs: 1,
      batchSize: 1,
      optimizer: { name: 'sgd', learningRate: 0.1 },
      loss: 'mean-squared-error',
    },
    cohort: { target: 2, quorum: 2, overSelection: 1, selectionSeconds: 30, trainingSeconds: 60 },
    schedule: { kind: 'manual' },
  })
  const token = await operator.invite(2)
  const node = createNodeClient({
    coordinator: url,
    task: SUMS,
    consent: 'granted',
    folder: join(folder.path, 'node'),
    trainer: {
      train: async ({ weights }) => ({
        weights: weights.map((weight) => weight + IN_NODE.adds),
        examples: IN_NODE.examples,
        metrics: {},
      }),
    },
  })
  ending.defer(() => node.leave())
  await node.enrol(token)
  await node.join()
  const end = ending.move()
  return {
    coordinator,
    token,
    folder: folder.path,
    stopCoordinator,
    begin: async () => (await operator.trigger(SUMS)).id,
    async hasReceived(round, client) {
      const { members } = await operator.round(round)
      return members.some((member) => member.client === client && member.status === 'received')
    },
    async expectBothOnce(round, client) {
      await coordinator.settled(round)
      const detail = await operator.round(round)
      const { base, members } = detail
      expect(detail).toMatchObject({
        phase: 'completed',
        tally: { invited: 2, received: 2 },
        examples: IN_NODE.examples + AWAITED.examples,
      })
      const before = await operator.weights(SUMS, base.version)
      const updates = members.map((member) => {
        const { adds, examples } = member.client === client ? AWAITED : IN_NODE
        const delta = before.map((weight) => Math.fround(weight + adds) - weight)
        return { client: ClientId.parse(member.client), delta, examples }
      })
      const made = await operator.weights(SUMS, base.version + 1)
      expect(bitsOf(made)).toEqual(bitsOf(referenceFedavg(before, updates)))
      expect(await operator.models(SUMS)).toHaveLength(base.version + 1)
    },
    [Symbol.asyncDispose]: () => end.disposeAsync(),
  }
}
