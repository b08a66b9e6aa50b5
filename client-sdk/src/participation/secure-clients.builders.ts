/** What the clients of a secure world train with, and where their keys come from. */
import { type Random, seededRandom } from '@tributary/protocols/runtime'
import type { Trainer } from '../training/trainer.ts'
import { shiftTrainer } from './participant.builders.ts'

/** Adds so much to every parameter, on five times as many examples. */
export const shiftBy = (by: number): Trainer => ({
  train: async (job) => {
    const { metrics } = await shiftTrainer.train(job)
    return { weights: job.weights.map((weight) => weight + by), examples: 5 * by, metrics }
  },
})

/** A trainer that trains until it is let. */
export const aPatientTrainer = (by: number) => {
  const gate = Promise.withResolvers<void>()
  const trainer: Trainer = {
    train: async (job) => {
      await Promise.race([
        gate.promise,
        new Promise((_, reject) => job.signal.addEventListener('abort', () => reject(job.signal.reason))),
      ])
      return shiftBy(by).train(job)
    },
  }
  return { trainer, finish: gate.resolve }
}

/** Key material that is watched: every copy of the entropy that a session took. */
export const watchedKeys = () => {
  const copies: Uint8Array[] = []
  const random = seededRandom('watched')
  const keyRandom: Random = {
    bytes(length) {
      const bytes = random.bytes(length)
      copies.push(bytes)
      return Object.defineProperty(bytes, 'slice', {
        value: () => {
          const copy = Uint8Array.from(bytes)
          copies.push(copy)
          return copy
        },
      })
    },
  }
  /** The entropy as it was drawn, and the session's own copy of it. */
  return { keyRandom, entropy: () => copies.slice(0, 2), isErased: () => copies.slice(0, 2).every(isZero) }
}
const isZero = (bytes: Uint8Array) => bytes.every((byte) => byte === 0)
