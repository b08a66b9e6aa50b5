import { fileURLToPath } from 'node:url'
import { TaskId } from '@tributary/protocols'
import { identityFromSeed } from '@tributary/protocols/crypto'
import type { ModelView } from '@tributary/protocols/rest'
import { encodeSafetensors } from '@tributary/protocols/tensors'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  type CoordinatorProcess,
  spawnCoordinator,
  startCoordinatorProcess,
} from '../fleet/coordinator-process.ts'
import { temporaryFolder } from '../fleet/folder-bytes.ts'
import { type Operator, operatorOf } from '../fleet/operator.ts'
import { checkIn, enrolRawClient, rawClient, sealFor, upload } from '../fleet/raw-client.ts'
import { vectorTask } from '../fleet/test-tasks.ts'
import { until } from '../fleet/until.ts'

// Processes start several times over, each in seconds where the machine has other things to do.
vi.setConfig({ testTimeout: 120_000 })

const DOOMED = fileURLToPath(new URL('../fleet/doomed-coordinator.ts', import.meta.url))
const TENSORS = [
  { name: 'kernel', shape: [5, 7], dtype: 'F32' as const },
  { name: 'bias', shape: [7], dtype: 'F32' as const },
]
const identities = [1, 2, 3].map((n) => identityFromSeed(new Uint8Array(32).fill(n)))

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let running: CoordinatorProcess
let operator: Operator

beforeEach(async () => {
  folder = await temporaryFolder()
})
afterEach(async () => {
  await running[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

let adminToken = ''

const start = async (...doom: string[]) => {
  running = await startCoordinatorProcess({
    folder: folder.path,
    ...(doom.length > 0 ? { program: DOOMED, flags: doom } : {}),
  })
  adminToken = running.firstAdminToken ?? adminToken
  operator = operatorOf(running.url, adminToken)
}

const begin = async (...doom: string[]) => {
  await start(...doom)
  await operator.createTask(vectorTask({ clients: 3, tensors: TENSORS, strategy: { name: 'fedadam' } }))
  const token = await operator.invite(identities.length)
  for (const identity of identities) await enrolRawClient(running.url, token, identity)
}

/** The three hand in what they have for the round of this number, which may be the last thing that the coordinator hears. */
const handIn = async (number: number) => {
  const clients = identities.map((identity) => rawClient(running.url, identity))
  for (const client of clients) {
    await client.connect()
    client.send(checkIn('vector'))
  }
  await operator.trigger('vector')
  await Promise.all(
    clients.map(async (client, n) => {
      const invitation = await client.next('invitation')
      const values = Float32Array.from({ length: 42 }, (_, i) => Math.sin((n + 1) * i + number))
      const to = { round: invitation.round, client: client.id, token: invitation.session.token }
      const sealed = sealFor(client, invitation, encodeSafetensors({ tensors: TENSORS, values }), {
        examples: 10 + n,
      })
      await upload(running.url, to, sealed).catch(() => {})
    }),
  )
  return clients
}

const newestIs = (version: number) =>
  until(
    `version ${version}`,
    async () => (await operator.models('vector')).some((model) => model.version === version),
    {
      withinMs: 30_000,
      everyMs: 20,
    },
  )

const round = async (number: number, deltas = number) => {
  const clients = await handIn(deltas)
  await newestIs(number + 1)
  for (const client of clients) client.disconnect()
}

const made = async () =>
  (await operator.models('vector')).map(({ version, weights, origin }) => ({
    version,
    weights: weights.digest,
    state: stateOf({ origin }),
  }))

const stateOf = ({ origin }: Pick<ModelView, 'origin'>) =>
  origin.kind === 'round' ? origin.state?.vectors?.digest : undefined

test('[R12] FedAdam over four rounds makes the same bytes with a coordinator that dies and comes back as with one that does not', async () => {
  await begin()
  for (const number of [1, 2, 3, 4]) await round(number)
  const undisturbed = await made()
  expect(new Set(undisturbed.slice(1).map(({ state }) => state)).size).toBe(4)
  await running[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()

  folder = await temporaryFolder()
  // The first and second blob are the task's, then each round keeps its weights and its state: it dies between the second round's two.
  await begin('--die-at', 'before models.put#6')
  await round(1)
  for (const client of await handIn(2)) client.disconnect()
  expect(await running.exited).toMatchObject({ signal: 'SIGKILL' })
  const { exited } = spawnCoordinator({
    folder: folder.path,
    program: DOOMED,
    flags: ['--die-at', 'before commit of a round completed + a model#1'],
  })
  expect(await exited).toMatchObject({ signal: 'SIGKILL' })
  await start()
  await newestIs(3)
  await round(3)
  await running.kill()
  await start()
  await round(4)
  expect(await made()).toEqual(undisturbed)
})

test('a version that is rolled back to begins without state, as if the strategy were new', async () => {
  await begin()
  await round(1)
  await round(2, 1)
  const task = TaskId.parse('vector')
  const { status } = await operator.call('POST', `/api/v1/tasks/${task}/rollback`, {
    version: 2,
    reason: 'worse',
  })
  expect(status).toBe(201)
  await round(4, 1)
  const models = await operator.models('vector')
  const [, first, second, rolledBack, after] = models
  if (!first || !second || !rolledBack || !after) throw new Error('there are five versions')
  expect(rolledBack.weights).toEqual(first.weights)
  expect(stateOf(rolledBack)).toBeUndefined()
  // Moments follow from deltas alone, and all rounds have the same: carried on they leave others, begun anew what the first round left.
  expect(stateOf(second)).not.toBe(stateOf(first))
  expect(stateOf(after)).toBe(stateOf(first))
})
