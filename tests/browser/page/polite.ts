/** A page that takes part while nobody touches it, as an app's author would write it. */
import { createBrowserClient } from '@tributary/client-sdk/browser'
import { rowsOf } from '../../fleet/line-clients.ts'
import { lineTrainer } from '../../fleet/line-trainer.ts'

export type PoliteOptions = { coordinator: string; token: string; idleSeconds: number }

const openPolite = async ({ coordinator, token, idleSeconds }: PoliteOptions) => {
  const client = createBrowserClient({
    coordinator,
    task: 'line',
    trainer: lineTrainer(rowsOf(1)),
    consent: 'granted',
    conditions: { idle: { seconds: idleSeconds }, roundsPerDay: 1 },
  })
  const states: string[] = []
  client.on('state', (state) => states.push(state.is === 'held' ? (state.by[0]?.detail ?? '') : state.is))
  const id = await client.enrol(token)
  void client.join()
  return { id, states, state: () => client.state, usage: () => client.usage() }
}

export type Polite = Awaited<ReturnType<typeof openPolite>>

export type InPolitePage = typeof globalThis & { openPolite: typeof openPolite; polite: Polite }

Object.assign(globalThis, { openPolite })
