/** A small app whose training is a sum, so that what a round makes of it is known to the bit. It can be told where to stop. */
import { createBrowserClient } from '@tributary/client-sdk/browser'

export type KeeperOptions = { coordinator: string; task: string }

/** What this app does not go beyond. */
export type StopAt = 'invitation' | 'training' | undefined

export type Keeper = ReturnType<typeof createKeeper>

export type InPage = typeof globalThis & { openKeeper(options: KeeperOptions): void; keeper: Keeper }

/** What each training of the page adds to every parameter, and on how many examples. */
const PAGE = { adds: 1, examples: 5 }

const createKeeper = ({ coordinator, task }: KeeperOptions) => {
  let stopAt: StopAt
  const never = new Promise<never>(() => {})
  const heard = { trainings: 0, submitted: [] as string[], models: [] as number[], errors: [] as string[] }
  const client = createBrowserClient({
    coordinator,
    task,
    consent: 'granted',
    trainer: {
      async train({ weights }: { weights: Float32Array }) {
        heard.trainings += 1
        if (stopAt === 'training') await never
        return { weights: weights.map((weight) => weight + PAGE.adds), examples: PAGE.examples, metrics: {} }
      },
      predict: async ({ weights }: { weights: Float32Array }, at: number) => weights[at] ?? Number.NaN,
    },
    onInvitation: () => (stopAt === 'invitation' ? never : 'accept'),
  })
  client.on('submitted', ({ round }) => heard.submitted.push(round))
  client.on('model', ({ version }) => heard.models.push(version))
  client.on('error', ({ code, message }) => heard.errors.push(`${code}: ${message}`))
  return {
    heard,
    state: () => client.state,
    enrol: (token: string) => client.enrol(token),
    join: () => client.join(),
    predict: (at: number) => client.predict(at),
    stopAt(where: StopAt) {
      stopAt = where
    },
  }
}

Object.assign(globalThis, {
  openKeeper: (options: KeeperOptions) => Object.assign(globalThis, { keeper: createKeeper(options) }),
})
