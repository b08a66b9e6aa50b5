/** A thread of virtual clients: each a whole SDK client with a socket of its own and one writer's digits. */
import { parentPort, workerData } from 'node:worker_threads'
import { type Bulk, createHttpBulk, endpointsOf, FederatedClient } from '@tributary/client-sdk'
import { createTfjsEngine, createTfjsTrainer } from '@tributary/client-sdk/tfjs'
import { unreachable } from '@tributary/protocols'
import { systemClock } from '@tributary/protocols/runtime'
import { asFloat32 } from '../datasets/index.ts'
import type { Digits, FleetOrder, FleetReport, FleetWorkerData } from './fleet.ts'

const { url, token, task, writers, heldOut } = workerData as FleetWorkerData
const port = parentPort
if (!port) throw new Error('this file runs as a worker')
const report = (message: FleetReport) => port.postMessage(message)

/** One backend and one built model for all clients of this thread: they train one after the other. */
const engine = createTfjsEngine({ log: (line) => report({ type: 'backend', line }) })
const trainerOf = ({ images, labels }: Digits) =>
  createTfjsTrainer({ engine, examples: { inputs: asFloat32(images), targets: labels } })

/** The SDK's own transfers, with their bytes told. */
const countedBulk = (): Bulk => {
  const bulk = createHttpBulk({ endpoints: endpointsOf(url), clock: systemClock(), fetch })
  return {
    async download(ref, session, signal) {
      const answer = await bulk.download(ref, session, signal)
      if (answer.kind === 'received') report({ type: 'downloaded', bytes: answer.bytes.length })
      return answer
    },
    async upload(upload, signal) {
      const answer = await bulk.upload(upload, signal)
      if (answer.kind === 'received')
        report({ type: 'uploaded', round: upload.round, bytes: upload.envelope.length })
      return answer
    },
  }
}

const clients = await Promise.all(
  writers.map(async (writer) => {
    const client = new FederatedClient({
      coordinator: url,
      task,
      trainer: trainerOf(writer),
      consent: 'granted',
      surroundings: { bulk: countedBulk() },
    })
    client.on('error', (error) => report({ type: 'problem', message: error.message }))
    await client.enrol(token)
    await client.join()
    return client
  }),
)
const judge = heldOut && trainerOf(heldOut)
report({ type: 'ready' })

port.on('message', async (order: FleetOrder) => {
  switch (order.type) {
    case 'judge': {
      if (!judge) throw new Error('this thread holds no held-out digits')
      const { metrics } = await judge.evaluate(order.model)
      return report({ type: 'judged', version: order.version, metrics })
    }
    case 'leave':
      await Promise.all(clients.map((client) => client.leave()))
      return port.close()
    default:
      return unreachable(order)
  }
})
