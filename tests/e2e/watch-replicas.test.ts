import { afterEach, beforeEach, expect, inject, onTestFailed, test, vi } from 'vitest'
import { aGate } from '../fleet/gate.ts'
import { type LineClient, lineClient, rowsOf } from '../fleet/line-clients.ts'
import { type Replicas, startReplicas } from '../fleet/replicas.ts'
import { lineTask } from '../fleet/test-tasks.ts'
import { until } from '../fleet/until.ts'
import { openWatcher, toldMembers, type Watcher } from '../fleet/watcher.ts'

vi.setConfig({ testTimeout: 120_000 })

let replicas: Replicas
let clients: LineClient[]
let watchers: Watcher[]
beforeEach(async () => {
  clients = []
  watchers = []
  replicas = await startReplicas({ count: 2, postgresUrl: inject('postgresUrl') })
  const started = replicas
  onTestFailed(() => {
    for (const { url, output } of started.running()) console.log(`${url} said:\n${output()}`)
  })
})
afterEach(async () => {
  for (const watcher of watchers) watcher[Symbol.dispose]()
  await Promise.all(clients.map(({ client }) => client.leave()))
  await replicas[Symbol.asyncDispose]()
})

test('[R21] whoever watches sees the same at each process: its own clients and rounds, and those of the other', async () => {
  const { operator, token } = replicas
  watchers = await Promise.all(replicas.running().map(({ url }) => openWatcher(url, { token })))
  await operator.createTask(lineTask({ clients: 4 }))
  const gate = aGate()
  const invitation = await operator.invite(4)
  clients = await Promise.all(
    [0, 1, 2, 3].map((i) => lineClient(invitation, { url: replicas.url, rows: rowsOf(i), hold: gate.hold })),
  )
  await Promise.all(clients.map(({ client }) => client.join()))
  const ids = clients.map(({ id }) => id)
  for (const watcher of watchers) {
    await watcher.first('task')
    await watcher.first('fleet', ({ fleet }) => fleet.online === 4 && fleet.waiting === 4)
    await until('all clients to be named', () => {
      const named = new Set(watcher.of('clients').flatMap((event) => event.clients))
      return ids.every((id) => named.has(id))
    })
  }

  const { id } = await operator.trigger('line')
  for (const watcher of watchers) {
    await until('all to have accepted', () => {
      const members = toldMembers(watcher.told, id)
      return members.length === 4 && members.every(({ status }) => status === 'accepted')
    })
    await watcher.first('fleet', ({ fleet }) => fleet.working === 4 && fleet.waiting === 0)
  }
  gate.open()
  for (const watcher of watchers) {
    await watcher.first('round', ({ round }) => round.id === id && round.phase === 'completed')
    await watcher.first('model', ({ model }) => model.version === 2)
    const { members } = await operator.round(id)
    await until('all to have sent their updates', () =>
      toldMembers(watcher.told, id).every(({ status }) => status === 'received'),
    )
    expect(toldMembers(watcher.told, id)).toEqual(members)
    await watcher.first('audit')
    await watcher.first('fleet', ({ fleet }) => fleet.working === 0 && fleet.waiting === 4)
  }
})
