/** A thread of raw clients for the benches: they enrol, check in, and upload a zero update when told. */
import { parentPort, workerData } from 'node:worker_threads'
import { loadEnvelopePrimitives } from '@tributary/coordinator'
import { unreachable } from '@tributary/protocols'
import { identityFromSeed } from '@tributary/protocols/crypto'
import type { Invitation } from '@tributary/protocols/messages'
import { systemRandom } from '@tributary/protocols/runtime'
import { encodeSafetensors } from '@tributary/protocols/tensors'
import type { SealedUpdate } from '@tributary/protocols/updates'
import { nodeSigner } from '../fleet/native-signer.ts'
import { checkIn, enrolRawClient, type RawClient, sealFor, upload, uploadAgent } from '../fleet/raw-client.ts'
import type { FleetOrder, FleetReport, FleetWorkerData } from './fleet.ts'

const { url, token, task, clients, elements, hold } = workerData as FleetWorkerData
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

const send = async (client: RawClient, invitation: Invitation, sealed: SealedUpdate) => {
  const startedMs = performance.now()
  const { status, body } = await upload(
    url,
    { round: invitation.round, client: client.id, token: invitation.session.token },
    sealed,
    agent,
  )
  if (status === 200) report({ type: 'acknowledged', ms: performance.now() - startedMs })
  else report({ type: 'refused', status, body })
}

const fleet: RawClient[] = []
const addClient = async () => {
  const client = await enrolRawClient(url, token, identityFromSeed(systemRandom().bytes(32), nodeSigner))
  client.listen((message) => {
    if (message.type !== 'invitation') return
    client.send({ type: 'accept', round: message.round })
    const sealed = sealFor(client, message, update, { primitives, metrics: { loss: 1 } })
    if (!hold) return void send(client, message, sealed)
    held.push(() => send(client, message, sealed))
    report({ type: 'sealed' })
  })
  await client.connect()
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
      for (const client of fleet) client.disconnect()
      agent.destroy()
      port.close()
      return
    default:
      unreachable(order)
  }
})
