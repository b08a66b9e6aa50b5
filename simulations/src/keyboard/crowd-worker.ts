/** A thread of speakers: each a whole SDK client with a socket of its own and one role's lines. */
import { parentPort, workerData } from 'node:worker_threads'
import { FederatedClient } from '@tributary/client-sdk'
import { createCompactEngine, createCompactTrainer } from '@tributary/client-sdk/compact'
import { accuracyOf, examplesOf, saidAfterPrompts } from '@tributary/example-keyboard/judge'
import { unreachable } from '@tributary/protocols'
import type { CrowdOrder, CrowdReport, CrowdWorkerData } from './crowd.ts'

const { url, token, speakers, heldOut } = workerData as CrowdWorkerData
const port = parentPort
if (!port) throw new Error('this file runs as a worker')
const report = (message: CrowdReport) => port.postMessage(message)

/** One model for all clients of this thread: they train one after the other. */
const engine = createCompactEngine()
const clients = await Promise.all(
  speakers.map(async ({ name, lines }) => {
    const client = new FederatedClient({
      coordinator: url,
      task: 'keyboard',
      trainer: createCompactTrainer({ engine, examples: examplesOf(lines) }),
      consent: 'granted',
    })
    client.on('error', (error) => report({ type: 'problem', message: `${name}: ${error.message}` }))
    await client.enrol(token)
    await client.join()
    return client
  }),
)
const trainer = createCompactTrainer({ engine, examples: examplesOf(heldOut) })
report({ type: 'ready' })

port.on('message', async (order: CrowdOrder) => {
  switch (order.type) {
    case 'judge': {
      const { version, model } = order
      const { top1, top3 } = await accuracyOf({ trainer, model }, heldOut)
      const said = await saidAfterPrompts({ trainer, model })
      return report({ type: 'judged', judged: { version, top1, top3, said } })
    }
    case 'leave':
      await Promise.all(clients.map((client) => client.leave()))
      return port.close()
    default:
      return unreachable(order)
  }
})
