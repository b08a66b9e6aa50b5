/** A client that withdraws, against a coordinator over real sockets, with its key and all it keeps in files. */
import { copyFile, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createNodeClient, fileKeyStore, nodePrimitives } from '@tributary/client-sdk/node'
import type { ClientId } from '@tributary/protocols'
import {
  createIdentity,
  encodeSignature,
  identityFromSeed,
  stateWithdrawal,
} from '@tributary/protocols/crypto'
import { ClientView, restPaths } from '@tributary/protocols/rest'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { filesIn, temporaryFolder } from '../fleet/folder-bytes.ts'
import { type LineClient, lineClient, rowsOf } from '../fleet/line-clients.ts'
import { lineTrainer } from '../fleet/line-trainer.ts'
import { refusalOf } from '../fleet/operator.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import { lineTask } from '../fleet/test-tasks.ts'
import { until } from '../fleet/until.ts'

let coordinator: TestCoordinator
let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  coordinator = await startCoordinator()
  folder = await temporaryFolder()
})
afterAll(async () => {
  await coordinator[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

/** A client in a folder, whose training waits to be let go of, and a network that can be taken away. */
const aClient = (name: string, task: string) => {
  const path = join(folder.path, name)
  const held = Promise.withResolvers<void>()
  const network = { reachable: true }
  const trainer = lineTrainer(rowsOf(1))
  const { train } = trainer
  const training = Promise.withResolvers<void>()
  trainer.train = async (job) => {
    training.resolve()
    await Promise.race([
      held.promise,
      new Promise((_, reject) => job.signal.addEventListener('abort', () => reject(job.signal.reason))),
    ])
    return train(job)
  }
  const start = () =>
    createNodeClient({
      coordinator: coordinator.url,
      task,
      trainer,
      folder: path,
      surroundings: {
        fetch: (url, init) =>
          network.reachable ? fetch(url, init) : Promise.reject(new TypeError('fetch failed')),
      },
    })
  return { path, start, network, letGo: held.resolve, training: training.promise }
}

const joined = async (client: ReturnType<ReturnType<typeof aClient>['start']>): Promise<ClientId> => {
  await client.consent.grant({ wording: 'Help the line learn' })
  const id = await client.enrol(await coordinator.operator.invite(1))
  await client.join()
  return id
}

const others = async (task: string): Promise<LineClient[]> => {
  const token = await coordinator.operator.invite(2)
  return Promise.all(
    [2, 3].map(async (n) => {
      const other = await lineClient(token, { url: coordinator.url, task, rows: rowsOf(n) })
      await other.client.join()
      return other
    }),
  )
}

const viewOf = async (id: ClientId) =>
  ClientView.parse((await coordinator.operator.call('GET', restPaths.client(id))).body)

/** What there is in the folder of a client, without the folders. */
const filesOf = async (path: string) =>
  (await filesIn(path)).map((file) => file.slice(path.length + 1)).toSorted()

const host = () => new URL(coordinator.url).host.replaceAll(':', '-')

describe('[K11] a client that withdraws', () => {
  test('in the middle of a training: no update comes, the round goes on with the others, and nothing is left in its folder', async () => {
    const { operator } = coordinator
    await operator.createTask(lineTask({ id: 'mid', clients: 3, quorum: 2 }))
    const { start, path, training } = aClient('mid', 'mid')
    const client = start()
    const id = await joined(client)
    const rest = await others('mid')
    await operator.trigger('mid')
    await training
    expect(await filesOf(path)).toEqual(
      expect.arrayContaining([
        `identities/${host()}.key`,
        expect.stringMatching(/^models\/sha256-/),
        `records/${host()}/consent.record`,
        `records/${host()}/pin.record`,
      ]),
    )
    expect(await client.withdraw()).toEqual({ told: 'yes' })
    await coordinator.settled('mid.1')
    const round = await operator.round('mid.1')
    expect(round).toMatchObject({ phase: 'completed', tally: { received: 2, failed: 1 } })
    expect(round.members.find(({ client }) => client === id)).toMatchObject({
      status: 'failed',
      reason: 'aborted',
    })
    expect(await viewOf(id)).toMatchObject({ status: 'withdrawn', enrolledBy: '', online: false })
    expect(await filesOf(path)).toEqual([`records/${host()}/consent.record`])
    expect(client.state).toEqual({ is: 'idle' })
    await Promise.all(rest.map(({ client }) => client.leave()))
  })

  test('after its update was acknowledged: it stays in its round, and the next is without this client', async () => {
    const { operator } = coordinator
    await operator.createTask(lineTask({ id: 'after', clients: 3, quorum: 2, selectionSeconds: 2 }))
    const { start, letGo } = aClient('after', 'after')
    letGo()
    const client = start()
    const submitted = new Promise((resolve) => client.on('submitted', resolve))
    const id = await joined(client)
    const rest = await others('after')
    await operator.trigger('after')
    await submitted
    await client.withdraw()
    await coordinator.settled('after.1')
    expect(await operator.round('after.1')).toMatchObject({ phase: 'completed', tally: { received: 3 } })
    await operator.trigger('after')
    await coordinator.settled('after.2')
    const { phase, members } = await operator.round('after.2')
    expect([phase, members.some(({ client }) => client === id)]).toEqual(['completed', false])
    await Promise.all(rest.map(({ client }) => client.leave()))
  })

  test('while the coordinator waits for it and hears of it over HTTP alone: the round does not wait any longer', async () => {
    const { operator, url } = coordinator
    await operator.createTask(lineTask({ id: 'lost', clients: 3, quorum: 2 }))
    const { start, training } = aClient('lost', 'lost')
    const client = start()
    const id = await joined(client)
    const rest = await others('lost')
    await operator.trigger('lost')
    await training
    const { keys } = await seedOf(client, 'lost')
    const signature = encodeSignature(stateWithdrawal(keys))
    const answer = await post(url + restPaths.withdrawal(id), { signature })
    expect(answer).toMatchObject({ status: 200, body: { id, status: 'withdrawn' } })
    await coordinator.settled('lost.1')
    expect(await operator.round('lost.1')).toMatchObject({
      phase: 'completed',
      tally: { received: 2, failed: 1 },
    })
    await until('turned away', () => client.state.is === 'stopped')
    expect(await post(url + restPaths.withdrawal(id), { signature })).toEqual(answer)
    await client.leave()
    await Promise.all(rest.map(({ client }) => client.leave()))
  })

  test('without a network: all is erased at once, and the coordinator is told by the next start', async () => {
    await coordinator.operator.createTask(lineTask({ id: 'offline', clients: 1 }))
    const { start, path, network } = aClient('offline', 'offline')
    const client = start()
    const id = await joined(client)
    network.reachable = false
    expect(await client.withdraw()).toEqual({ told: 'later' })
    expect(await filesOf(path)).toEqual([
      `records/${host()}/consent.record`,
      `records/${host()}/withdrawal.record`,
    ])
    expect((await viewOf(id)).status).toBe('active')
    network.reachable = true
    start()
    await until('told', async () => (await viewOf(id)).status === 'withdrawn')
    await until('done', async () => (await filesOf(path)).length === 1)
  })

  test('does not come back by a copy of its key, nor enrols with it', async () => {
    const { operator } = coordinator
    await operator.createTask(lineTask({ id: 'copy', clients: 1 }))
    const { start, path } = aClient('copy', 'copy')
    const client = start()
    const id = await joined(client)
    const key = join(path, 'identities', `${host()}.key`)
    await copyFile(key, `${folder.path}/copy.key`)
    await client.withdraw()
    await expect(stat(key)).rejects.toThrow('ENOENT')
    await copyFile(`${folder.path}/copy.key`, key)
    const again = start()
    await expect(again.join()).rejects.toMatchObject({ code: 'no-consent' })
    await again.consent.grant()
    expect(await again.id()).toBe(id)
    await expect(again.join()).rejects.toMatchObject({ code: 'revoked' })
    await expect(again.enrol(await operator.invite(1))).rejects.toMatchObject({
      code: 'enrolment-refused',
      message: expect.stringContaining('has withdrawn'),
    })
  })

  test('does so by its own key alone: others’ statements are refused as those of strangers are', async () => {
    const { operator, url } = coordinator
    await operator.createTask(lineTask({ id: 'forged', clients: 1 }))
    const [one, two] = [aClient('one', 'forged').start(), aClient('two', 'forged').start()]
    const [id, other] = [await joined(one), await joined(two)]
    const { keys } = await seedOf(two, 'two')
    const forged = encodeSignature(stateWithdrawal(keys))
    const stranger = createIdentity()
    const refusals = [
      await post(url + restPaths.withdrawal(id), { signature: forged }),
      await post(url + restPaths.withdrawal(id), {
        signature: encodeSignature(stateWithdrawal(keys, 'elsewhere')),
      }),
      await post(url + restPaths.withdrawal(stranger.clientId), {
        signature: encodeSignature(stateWithdrawal(stranger)),
      }),
    ]
    for (const refusal of refusals)
      expect(refusalOf(refusal)).toMatchObject({ status: 401, word: 'unauthenticated' })
    expect(refusalOf(await post(url + restPaths.withdrawal(id), { signature: 'x' }))).toMatchObject({
      status: 400,
    })
    expect([(await viewOf(id)).status, (await viewOf(other)).status]).toEqual(['active', 'active'])
    await Promise.all([one.leave(), two.leave()])
  })
})

/** The identity in a client's folder. */
const seedOf = async (client: ReturnType<ReturnType<typeof aClient>['start']>, name: string) => {
  const folderOf = join(folder.path, name, 'identities')
  const [file = ''] = await readdir(folderOf)
  const seed = await fileKeyStore(join(folderOf, file)).load()
  if (!seed) throw new Error('there is no key')
  const keys = identityFromSeed(seed, nodePrimitives.createSigner)
  expect(keys.clientId).toBe(await client.id())
  return { keys }
}

const post = async (url: string, body: unknown) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: await response.json() }
}
