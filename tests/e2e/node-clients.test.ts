/** What clients of Node compute with in a secure round. */
import { join } from 'node:path'
import { FederatedClient, memoryKeyStore, type Primitives } from '@tributary/client-sdk'
import { createNodeClient, nodePrimitives } from '@tributary/client-sdk/node'
import nacl from 'tweetnacl'
import { afterEach, expect, test, vi } from 'vitest'
import { temporaryFolder } from '../fleet/folder-bytes.ts'
import { rowsOf } from '../fleet/line-clients.ts'
import { lineTrainer } from '../fleet/line-trainer.ts'
import { startCoordinator } from '../fleet/test-coordinator.ts'
import { lineTask } from '../fleet/test-tasks.ts'

afterEach(() => vi.restoreAllMocks())

const CLIENTS = 3

type Options = Pick<
  ConstructorParameters<typeof FederatedClient>[0],
  'coordinator' | 'task' | 'trainer' | 'consent' | 'privacy'
>

/** A secure round of so many clients, and how often the reference was asked meanwhile. */
const afterRound = async (clientOf: (options: Options, at: number) => FederatedClient) => {
  await using coordinator = await startCoordinator()
  const { operator, url } = coordinator
  const token = await operator.invite(CLIENTS)
  const verifying = vi.spyOn(nacl.sign.detached, 'verify')
  const agreeing = vi.spyOn(nacl, 'scalarMult')
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, async (_, at) => {
      const options: Options = {
        coordinator: url,
        task: 'line',
        trainer: lineTrainer(rowsOf(at + 1)),
        consent: 'granted',
        privacy: { audience: 'demo' },
      }
      const client = clientOf(options, at)
      await client.enrol(token)
      return client
    }),
  )
  await operator.createTask(
    lineTask({
      clients: CLIENTS,
      quorum: CLIENTS,
      privacy: { mode: 'secure-aggregation', audience: 'demo', maxExamples: 50, stepSeconds: 5 },
      schedule: { kind: 'continuous' },
      stop: { kind: 'completed-rounds', rounds: 1 },
    }),
  )
  await Promise.all(clients.map((client) => client.join()))
  await coordinator.settled('line.1')
  expect(await operator.round('line.1')).toMatchObject({ phase: 'completed', tally: { received: CLIENTS } })
  await Promise.all(clients.map((client) => client.leave()))
  return { verified: verifying.mock.calls.length, agreed: agreeing.mock.calls.length }
}

test('neighbours’ signatures and keys are OpenSSL’s work in Node, and the reference’s where nothing else is given', async () => {
  await using folder = await temporaryFolder()
  const counted = { createSigner: 0, verifySignature: 0, sharedSecret: 0 }
  const counting: Primitives = {
    createSigner(seed) {
      counted.createSigner++
      return nodePrimitives.createSigner(seed)
    },
    verifySignature(...given) {
      counted.verifySignature++
      return nodePrimitives.verifySignature(...given)
    },
    x25519: {
      ...nodePrimitives.x25519,
      sharedSecret(...given) {
        counted.sharedSecret++
        return nodePrimitives.x25519.sharedSecret(...given)
      },
    },
  }
  const inNode = await afterRound((options, at) =>
    createNodeClient({
      ...options,
      folder: join(folder.path, `${at}`),
      ...(at === 0 && { surroundings: { primitives: counting } }),
    }),
  )
  expect(inNode).toEqual({ verified: 0, agreed: 0 })
  expect(counted.createSigner).toBe(1)
  // The roster and the survivors of the coordinator, and the advertisement of each neighbour.
  expect(counted.verifySignature).toBeGreaterThanOrEqual(2 + (CLIENTS - 1))
  expect(counted.sharedSecret).toBeGreaterThanOrEqual(2 * (CLIENTS - 1))

  const elsewhere = await afterRound((options) => new FederatedClient({ ...options, keys: memoryKeyStore() }))
  expect(elsewhere.verified).toBeGreaterThanOrEqual(CLIENTS * (2 + (CLIENTS - 1)))
  expect(elsewhere.agreed).toBeGreaterThan(0)
})
