/** Clients on a device in memory. */
import { memoryKeyStore } from './adapters/memory-key-store.ts'
import { memoryRecordStore } from './adapters/memory-record-store.ts'
import { FederatedClient } from './client.ts'
import type { ClientOptions } from './client-options.ts'
import { type aWorld, shiftTrainer, task } from './participation/participant.builders.ts'
import type { Siblings } from './ports/siblings.ts'

type World = ReturnType<typeof aWorld>

/** Stores that outlive their clients, with the world's identity. */
export const storesOf = (world: World) => ({
  keys: memoryKeyStore(world.identity.exportSeed()),
  records: memoryRecordStore(),
})

/** A client before the world's coordinator, which adds one to every parameter where it is given nothing else. */
export const clientOf = (world: World, { surroundings, ...options }: Partial<ClientOptions> = {}) =>
  new FederatedClient({
    coordinator: 'https://learn.example.org',
    task,
    trainer: shiftTrainer,
    ...options,
    surroundings: { ...world.surroundings, ...surroundings },
  })

/** Whom a client takes for its siblings: they hear nothing, and say what the test says. */
export const spokenSiblings = () => {
  let hear = (_: unknown) => {}
  const siblings: Siblings = {
    say: () => undefined,
    hear(listener) {
      hear = listener
      return () => undefined
    },
    inTurn: (work) => work(),
  }
  return { siblings, hear: (word: unknown) => hear(word) }
}
