import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openBareHttp } from '../fleet/bare-http.ts'
import {
  type CoordinatorProcess,
  portToReturnTo,
  spawnCoordinator,
  startCoordinatorProcess,
} from '../fleet/coordinator-process.ts'
import { temporaryFolder } from '../fleet/folder-bytes.ts'
import { askDatabase, savedPhase } from '../fleet/folder-database.ts'
import { aGate } from '../fleet/gate.ts'
import { type LineClient, lineClient, rowsOf } from '../fleet/line-clients.ts'
import { expectedWeights } from '../fleet/line-rounds.ts'
import { operatorOf } from '../fleet/operator.ts'
import { bitsOf } from '../fleet/reference-fedavg.ts'
import { lineTask } from '../fleet/test-tasks.ts'
import { until } from '../fleet/until.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
const started: CoordinatorProcess[] = []
let clients: LineClient[] = []

beforeEach(async () => {
  folder = await temporaryFolder()
})
afterEach(async () => {
  await Promise.all(clients.splice(0).map(({ client }) => client.leave()))
  for (const running of started.splice(0)) await running[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

const start = async (port?: number) => {
  const running = await startCoordinatorProcess({ folder: folder.path, ...(port ? { port } : {}) })
  started.push(running)
  return running
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '[R18] %s with a round in flight ends the process with code 0, and the next start goes on where it was',
  async (signal) => {
    const port = await portToReturnTo()
    const running = await start(port)
    const operator = operatorOf(running.url, running.firstAdminToken ?? '')
    await operator.createTask(lineTask({ clients: 2 }))
    const token = await operator.invite(2)
    const gate = aGate()
    clients = await Promise.all([
      lineClient(token, { url: running.url, rows: rowsOf(1) }),
      lineClient(token, { url: running.url, rows: rowsOf(2), hold: gate.hold }),
    ])
    await Promise.all(clients.map(({ client }) => client.join()))
    await operator.trigger('line')
    await until('one update to be acknowledged', () => clients[0]?.heard.submitted.length === 1)
    const idle = await openBareHttp(running.url)

    const askedAt = performance.now()
    expect(await running.stop(signal)).toEqual({ code: 0, signal: null })
    expect(performance.now() - askedAt).toBeLessThan(4_000)
    idle.close()
    expect(savedPhase(folder.path, 'line.1')).toBe('training')
    expect(askDatabase(folder.path, "select * from members where status = 'received'")).toHaveLength(1)

    const again = await start(port)
    expect(again.firstAdminToken).toBeUndefined()
    gate.open()
    const round = await until('the round to complete', async () => {
      const round = await operator.round('line.1')
      return round.phase === 'completed' && round
    })
    expect(bitsOf(await operator.weights('line', 2))).toEqual(
      bitsOf(await expectedWeights(operator, clients, round)),
    )
    expect(round.tally.received).toBe(2)
  },
)

describe('a second coordinator on the same folder', () => {
  test('refuses to start, names the process that has it, and leaves that one be', async () => {
    const running = await start()
    const second = spawnCoordinator({ folder: folder.path })
    expect(await second.exited).toEqual({ code: 1, signal: null })
    expect(second.output()).toContain('in use by another coordinator')
    expect(second.output()).toContain(`process ${running.pid}`)
    expect(second.output()).not.toContain('tro_')
    const operator = operatorOf(running.url, running.firstAdminToken ?? '')
    await operator.createTask(lineTask({ clients: 2 }))
    expect((await operator.task('line')).status).toBe('active')
  })

  test('starts once the first is gone, be it stopped or killed', async () => {
    await (await start()).stop()
    await (await start()).kill()
    const third = await start()
    expect((await fetch(`${third.url}/readyz`)).status).toBe(200)
  })
})

test('a start that cannot be says why, and ends with a code of its own', async () => {
  const mistaken = spawnCoordinator({
    folder: folder.path,
    flags: ['--metrics', 'everyone', '--colour', 'blue'],
  })
  expect(await mistaken.exited).toEqual({ code: 2, signal: null })
  expect(mistaken.output()).toContain('--metrics must be public or viewer')
  expect(mistaken.output()).toContain('--colour is not a flag')

  const running = await start()
  const other = await temporaryFolder()
  const taken = spawnCoordinator({ folder: other.path, port: running.port })
  expect(await taken.exited).toEqual({ code: 1, signal: null })
  expect(taken.output()).toContain('EADDRINUSE')
  await other[Symbol.asyncDispose]()
})
