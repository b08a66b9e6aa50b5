import { FederatedClient, memoryKeyStore, type Trainer } from '@tributary/client-sdk'
import { normal, seededRandom } from '@tributary/protocols/runtime'
import type { TaskFileInput } from '@tributary/protocols/task'
import { expect, test } from 'vitest'
import { type CoordinatorProcess, startCoordinatorProcess } from '../fleet/coordinator-process.ts'
import { filesHolding, temporaryFolder } from '../fleet/folder-bytes.ts'
import { operatorOf } from '../fleet/operator.ts'
import { foundInMemory } from '../fleet/process-memory.ts'
import { until } from '../fleet/until.ts'

const PARAMETERS = 4_000
const CLIENTS = 4

const aTask = (id: string, quorum: number, privacy: TaskFileInput['privacy']): TaskFileInput => ({
  id,
  model: {
    format: 'custom',
    trainer: 'canary',
    tensors: [{ name: 'w', shape: [PARAMETERS], dtype: 'F32', initializer: 'zeros' }],
    initial: { kind: 'seeded', seed: 1 },
  },
  plan: {
    epochs: 1,
    batchSize: 1,
    optimizer: { name: 'sgd', learningRate: 1 },
    loss: 'mean-squared-error',
  },
  cohort: { target: quorum, quorum, overSelection: 1 },
  privacy,
})

/** An update that is like no other: the weights begin at zero, so the delta is these very bytes. */
const canaryOf = (n: number): Float32Array => {
  const random = seededRandom(`canary ${n}`)
  return Float32Array.from({ length: PARAMETERS }, () => 0.1 * normal(random))
}

/** Four values that follow each other, from a few places of it: who has the update has these. */
const patternsOf = (canary: Float32Array): Uint8Array[] =>
  [0, 1_001, 2_500, PARAMETERS - 4].map((at) => new Uint8Array(canary.slice(at, at + 4).buffer))

const trainerOf = (canary: Float32Array, hold: Promise<void>): Trainer => ({
  async train() {
    await hold
    return { weights: canary.slice(), examples: 1, metrics: {} }
  },
})

const joined = async (running: CoordinatorProcess, task: string, trainer: Trainer, token: string) => {
  const client = new FederatedClient({
    coordinator: running.url,
    task,
    trainer,
    consent: 'granted',
    keys: memoryKeyStore(),
    privacy: { audience: 'demo' },
  })
  await client.enrol(token)
  await client.join()
  return client
}

test.skipIf(process.platform !== 'linux')(
  'an update that is summed securely is nowhere in the coordinator: not in its memory, its tables, its blobs or its log, while the round is at work and after',
  async () => {
    await using folder = await temporaryFolder()
    await using running = await startCoordinatorProcess({ folder: folder.path, logLevel: 'trace' })
    const operator = operatorOf(running.url, running.firstAdminToken ?? '')
    const token = await operator.invite(CLIENTS + 1)
    const canaries = Array.from({ length: CLIENTS }, (_, n) => canaryOf(n))
    const everything = canaries.flatMap(patternsOf)
    const nowhere = async () => {
      expect(await foundInMemory(running.pid, everything)).toEqual(everything.map(() => false))
      for (const pattern of everything) expect(await filesHolding(folder.path, pattern)).toEqual([])
      for (const pattern of everything) {
        expect(running.output()).not.toContain(Buffer.from(pattern).toString('base64url'))
        expect(running.output()).not.toContain(Buffer.from(pattern).toString('hex'))
      }
    }

    const secure = aTask('masked', CLIENTS, { mode: 'secure-aggregation', audience: 'demo', stepSeconds: 60 })
    await operator.createTask(secure)
    const last = Promise.withResolvers<void>()
    const clients = await Promise.all(
      canaries.map((canary, n) =>
        joined(running, 'masked', trainerOf(canary, n === 0 ? last.promise : Promise.resolve()), token),
      ),
    )
    await operator.trigger('masked')
    // All vectors but one are in, sealed, opened at the door and checked.
    await until('the other vectors to be in', async () => {
      const round = await operator.round('masked.1')
      return 'tally' in round && round.tally.received === CLIENTS - 1
    })
    await nowhere()
    last.resolve()
    await until('the round to complete', async () => (await operator.round('masked.1')).phase === 'completed')
    await nowhere()

    // That the search finds what is there: what every message of a client names; and the same update, sealed and no more, alone in its round.
    const [first] = clients
    const id = new TextEncoder().encode((await first?.id()) ?? '')
    expect(await foundInMemory(running.pid, [id])).toEqual([true])
    await Promise.all(clients.map((client) => client.leave()))
    await operator.createTask(aTask('sealed', 1, { mode: 'sealed' }))
    const alone = await joined(running, 'sealed', trainerOf(canaryOf(0), Promise.resolve()), token)
    await operator.trigger('sealed')
    await until(
      'the sealed round to complete',
      async () => (await operator.round('sealed.1')).phase === 'completed',
    )
    for (const pattern of patternsOf(canaryOf(0)))
      expect(await filesHolding(folder.path, pattern)).not.toEqual([])
    await alone.leave()
  },
  60_000,
)
