import { createClient } from '@tributary/client-sdk'
import { createWorkerTrainer } from '@tributary/client-sdk/worker'

const given = new URLSearchParams(location.search)
const log = document.querySelector('pre')
const say = (line: string) => log?.append(`${line}\n`)

const client = createClient({
  coordinator: given.get('coordinator') ?? 'http://127.0.0.1:4570',
  task: 'my-linear-task',
  trainer: createWorkerTrainer({
    worker: () => new Worker(new URL('./train.ts', import.meta.url), { type: 'module' }),
  }),
})
client.on('submitted', ({ round }) => say(`my update is in round ${round}`))
client.on('error', (error) => say(error.message))
client.on('model', async ({ version }) => {
  const [first = 0, second = 0] = await client.predict([0.6, 0.4])
  say(`version ${version} says ${second > first ? 'larger' : 'smaller'}`)
})

document.querySelector('button')?.addEventListener('click', async () => {
  await client.consent.grant()
  await client.enrol(given.get('invitation') ?? '')
  await client.join()
})
