/**
 * The app of a device on which things go wrong: it takes part with a trainer that is told in advance, and notes what it hears. It trains with tfjs, or
 * adds one to every weight.
 */

import type { Trainer } from '@tributary/client-sdk'
import { createBrowserClient } from '@tributary/client-sdk/browser'
import { createTfjsEngine, createTfjsTrainer } from '@tributary/client-sdk/tfjs'
import { pointsOf } from '../points.ts'

export type DeviceOptions = {
  coordinator: string
  task: string
  trainer: 'adds-one' | 'tfjs'
  /** Trainings wait for `goOn`. */
  held?: boolean
  /** Every training leaves a tensor behind, as an app with a mistake in it would. */
  leaks?: 'tensor'
}

export type Device = ReturnType<typeof createDevice>
export type InPage = typeof globalThis & { openDevice(options: DeviceOptions): void; device: Device }

const createDevice = ({ coordinator, task, trainer: kind, held, leaks }: DeviceOptions) => {
  const heard = { submitted: [] as string[], failed: [] as string[], errors: [] as string[], versions: 0 }
  const goOn = Promise.withResolvers<void>()
  const engine = createTfjsEngine({ prefer: ['wasm'], wasmFiles: '/wasm', log: () => undefined })
  const leaked: unknown[] = []
  const trainers: Record<DeviceOptions['trainer'], Trainer> = {
    tfjs: createTfjsTrainer({ engine, examples: pointsOf('page', 12) }),
    'adds-one': {
      train: async ({ weights }) => ({
        weights: weights.map((weight) => weight + 1),
        examples: 1,
        metrics: {},
      }),
    },
  }
  const trainer: Trainer = {
    async train(job) {
      const result = await trainers[kind].train(job)
      if (leaks === 'tensor') leaked.push((await engine.backend()).tf.scalar(1))
      if (held) await goOn.promise
      return result
    },
  }
  const client = createBrowserClient({ coordinator, task, trainer, consent: 'granted' })
  client.on('submitted', ({ round }) => heard.submitted.push(round))
  client.on('failed', ({ round, reason }) => heard.failed.push(`${round} ${reason}`))
  client.on('error', ({ code, message }) => heard.errors.push(`${code}: ${message}`))
  client.on('model', ({ version }) => {
    heard.versions = version
  })
  return {
    heard,
    client,
    /** Resolves when this version, or a later one, is here. */
    has: (wanted: number) =>
      new Promise<void>((here) => {
        if (heard.versions >= wanted) return here()
        const stop = client.on('model', ({ version }) => {
          if (version < wanted) return
          stop()
          here()
        })
      }),
    goOn: goOn.resolve,
    tensors: async () => (await engine.backend()).tf.memory().numTensors,
    /** What the clock of this device says. */
    now: () => Date.now(),
  }
}

// Browsers keep a note of every request, up to 250 of them: whoever looks at what this page keeps is to see its own.
performance.setResourceTimingBufferSize(0)

Object.assign(globalThis, {
  openDevice(options: DeviceOptions) {
    Object.assign(globalThis, { device: createDevice(options) })
  },
})
