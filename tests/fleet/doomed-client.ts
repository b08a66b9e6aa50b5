/**
 * A client in a process of its own, that is killed: `doomed-client.ts <what>`, where `what` is JSON. It goes as far as it is told to, says `there`,
 * and waits for its end; told nothing, it says what it has done once its update is acknowledged.
 */
import { request } from 'node:http'
import { createNodeClient } from '@tributary/client-sdk/node'

export type Doom = {
  coordinator: string
  task: string
  folder: string
  adds: number
  examples: number
  /** Where it has not enrolled before. */
  token?: string
  stopAt?: 'invited' | 'fetching' | 'training' | 'sealed' | 'half sent' | 'acknowledged'
}

const doom: Doom = JSON.parse(process.argv[2] ?? '')
const { stopAt } = doom
const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`)
const there = (): Promise<never> => {
  say({ there: stopAt })
  return new Promise(() => {})
}

/** Half of the body goes out, and nothing more. */
const sendHalf = (url: string, init: RequestInit): Promise<never> => {
  const body = Buffer.from(init.body as Uint8Array<ArrayBuffer>)
  const headers = { ...Object.fromEntries(new Headers(init.headers)), 'content-length': String(body.length) }
  const sending = request(url, { method: 'PUT', headers })
  sending.on('error', () => undefined)
  return new Promise((_, reject) => {
    sending.write(body.subarray(0, body.length >> 1), (error) => (error ? reject(error) : void there()))
  })
}

let trainings = 0
const client = createNodeClient({
  coordinator: doom.coordinator,
  task: doom.task,
  folder: doom.folder,
  consent: 'granted',
  onInvitation: () => (stopAt === 'invited' ? there() : 'accept'),
  trainer: {
    async train({ weights }) {
      trainings += 1
      if (stopAt === 'training') await there()
      return {
        weights: weights.map((weight) => weight + doom.adds),
        examples: doom.examples,
        metrics: {},
      }
    },
  },
  surroundings: {
    async fetch(url, init = {}) {
      const isUpload = init.method === 'PUT'
      if (stopAt === 'fetching' && String(url).includes('/blobs/')) return there()
      if (isUpload && stopAt === 'sealed') return there()
      if (isUpload && stopAt === 'half sent') return sendHalf(String(url), init)
      const response = await fetch(url, init)
      return isUpload && stopAt === 'acknowledged' ? there() : response
    },
  },
})
client.on('error', ({ code, message }) => say({ error: `${code}: ${message}` }))
client.on('submitted', () => say({ submitted: trainings }))
if (doom.token !== undefined) await client.enrol(doom.token)
say({ id: await client.id() })
await client.join()
say({ joined: true })
