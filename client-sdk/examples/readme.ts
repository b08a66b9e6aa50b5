import { createClient } from '@tributary/client-sdk'
import { createLinearTrainer } from '@tributary/client-sdk/linear'

// Two features a row, one class a row: whether the first is larger. They stay in this process.
const examples = {
  inputs: new Float32Array([0.1, 0.9, 0.2, 0.7, 0.8, 0.3, 0.9, 0.1]),
  targets: new Uint8Array([0, 0, 1, 1]),
}
const client = createClient({
  coordinator: process.env.TRIBUTARY_URL ?? 'http://127.0.0.1:4570',
  task: 'my-linear-task',
  trainer: createLinearTrainer({ examples }),
  consent: 'granted', // these examples are yours; in an app, ask first: client.consent.grant()
})
client.on('submitted', ({ round }) => console.log(`my update is in round ${round}`))
client.on('failed', ({ reason, detail }) => console.log(`no update of mine: ${reason}, ${detail}`))
client.on('error', (error) => console.error(error.message))
client.on('model', async ({ version }) => {
  const [first = 0, second = 0] = await client.predict([0.6, 0.4])
  console.log(`version ${version} says ${second > first ? 'larger' : 'smaller'}: ${second.toFixed(2)}`)
})

await client.enrol(process.env.TRIBUTARY_INVITATION ?? '') // tre_…, once in a client's life
await client.join() // from here on it trains when it is invited, until client.leave()
