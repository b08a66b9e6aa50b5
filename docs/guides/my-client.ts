/**
 * A client of the task in my-task.json, as the guides start it:
 *   node --conditions=source docs/guides/my-client.ts <folder> <invitation>
 */
import { createNodeClient } from '@tributary/client-sdk/node'
import { createTfjsTrainer } from '@tributary/client-sdk/tfjs'

const [folder = './my-client', invitation] = process.argv.slice(2)
const examples = {
  inputs: new Float32Array([0, 0, 0, 1, 1, 0, 1, 1]),
  targets: new Uint8Array([0, 1, 1, 0]),
}
const client = createNodeClient({
  coordinator: process.env.TRIBUTARY_URL ?? 'http://127.0.0.1:4570',
  task: 'my-task',
  trainer: createTfjsTrainer({ examples }),
  consent: 'granted', // the examples are those of whoever runs this
  folder,
})
client.on('submitted', ({ round }) => console.log(`my update is in round ${round}`))
client.on('error', (error) => console.error(error.message))

if (invitation) await client.enrol(invitation)
await client.join()
