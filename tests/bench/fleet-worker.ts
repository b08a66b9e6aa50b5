/** A thread of raw clients for the benches: they enrol, check in, and upload a zero update when told. */
import { request } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'
import { loadEnvelopePrimitives } from '@tributary/coordinator'
import { unreachable } from '@tributary/protocols'
import { identityFromSeed } from '@tributary/protocols/crypto'
import type { Invitation } from '@tributary/protocols/messages'
import { restPaths } from '@tributary/protocols/rest'
import { systemRandom } from '@tributary/protocols/runtime'
import { encodeSafetensors } from '@tributary/protocols/tensors'
import type { SealedUpdate } from '@tributary/protocols/updates'
import { nodeSigner } from '@tributary/simulations'
import { checkIn, enrolRawClient, type RawClient, sealFor, upload, uploadAgent } from '../fleet/raw-client.ts'
import type { FleetOrder, FleetReport, FleetWorkerData } from './fleet.ts'

const { urls, token, task, clients, elements, hold, download } = workerData as FleetWorkerData
const port = parentPort
if (!port) throw new Error('this file runs as a worker')
const report = (message: FleetReport) => port.postMessage(message)

const { primitives } = await loadEnvelopePrimitives()
const agent = uploadAgent()
const update = encodeSafetensors({
  tensors: [{ name: 'w', shape: [elements], dtype: 'F32' }],
  values: new Float32Array(elements).fill(0.001),
})
/** Clients that enrol at a time. */
const AT_ONCE = 16
const held: (() => Promise<void>)[] = []

const fail = (what: string, error: unknown) => report({ type: 'failed', why: `${what}: ${error}` })

/** The latest weights that a client has. */
const weights = new WeakMap<RawClient, string>()
const fetchWeights = (client: RawClient, url: string, { model, session }: Invitation) =>
  new Promise<void>((resolve, reject) => {
    weights.set(client, model.digest)
    const headers = { authorization: `Bearer ${session.token}` }
    request(url + restPaths.blob(model.digest), { agent, headers }, (response) => {
      let bytes = 0
      response.on('data', (part: Buffer) => {
        bytes += part.length
      })
      response.on('error', reject)
      response.on('end', () =>
        response.statusCode === 200 && bytes === model.bytes
          ? resolve()
          : reject(new Error(`the weights were answered ${response.statusCode}, ${bytes} bytes`)),
      )
    })
      .on('error', reject)
      .end()
  })

const send = async (client: RawClient, url: string, invitation: Invitation, sealed: SealedUpdate) => {
  const startedMs = performance.now()
  const { status, body } = await upload(
    url,
    { round: invitation.round, client: client.id, token: invitation.session.token },
    sealed,
    agent,
  )
  if (status === 200) report({ type: 'acknowledged', ms: performance.now() - startedMs })
  else fail('an update', `answered ${status}, ${body}`)
}

const fleet: RawClient[] = []
let leaving = false
let added = 0
const addClient = async () => {
  const url = urls[added++ % urls.length] ?? ''
  const client = await enrolRawClient(url, token, identityFromSeed(systemRandom().bytes(32), nodeSigner))
  const taken = new Set<string>()
  const takePart = async (message: Invitation) => {
    // An invitation may be repeated; a client of ours takes it up once.
    if (taken.has(message.round)) return
    taken.add(message.round)
    client.send({ type: 'accept', round: message.round })
    if (download && weights.get(client) !== message.model.digest) await fetchWeights(client, url, message)
    const sealed = sealFor(client, message, update, { primitives, metrics: { loss: 1 } })
    if (!hold) return send(client, url, message, sealed)
    held.push(() => send(client, url, message, sealed))
    report({ type: 'sealed' })
  }
  client.listen((message) => {
    if (message.type === 'invitation') takePart(message).catch((error) => fail('a round', error))
    if (message.type === 'refused') fail('a message', `refused, ${JSON.stringify(message)}`)
  })
  await client.connect()
  void client.lost.then((reason) => leaving || fail('a line', `cut, ${reason}`))
  client.send(checkIn(task))
  fleet.push(client)
}
for (let left = clients; left > 0; left -= AT_ONCE)
  await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, addClient))
report({ type: 'ready' })

port.on('message', (order: FleetOrder) => {
  switch (order.type) {
    case 'upload':
      for (const go of held.splice(0)) void go()
      return
    case 'leave':
      leaving = true
      for (const client of fleet) client.disconnect()
      agent.destroy()
      port.close()
      return
    default:
      unreachable(order)
  }
})
