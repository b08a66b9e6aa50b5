import { StorageError } from '@tributary/coordinator'
import type { Chance } from './chance.ts'
import type { Rates } from './world-plan.ts'

/** Decides what goes wrong, until it is told to stop: from then on nothing does. */
export type Mischief = {
  happens(kind: keyof Rates): boolean
  /** The trouble is real: kills and jumps ask this. */
  active(): boolean
  chance: Chance
}

export const mischiefOf = (chance: Chance, rates: Rates, active: () => boolean): Mischief => ({
  chance,
  active,
  happens: (kind) => rates[kind] > 0 && active() && chance.happens(rates[kind]),
})

const MARK = 'planted: '

/** A fault of storage that the world planted: whoever reports it reports nothing wrong. */
export class PlantedFault extends StorageError {
  override name = 'PlantedFault'
  constructor(what: string, options?: ConstructorParameters<typeof StorageError>[1]) {
    super(MARK + what, options)
  }
}

/** The same beneath the adapters: what the system would say. */
export class PlantedDiskError extends Error {
  override name = 'PlantedDiskError'
  readonly code: string
  constructor(code: string, what: string) {
    super(`${code}: ${what}`)
    this.code = code
  }
}

export const isPlanted = (error: unknown): boolean =>
  error instanceof PlantedFault ||
  error instanceof PlantedDiskError ||
  // What another process met is told in its words.
  (error instanceof StorageError && error.message.startsWith(MARK)) ||
  (error instanceof Error && error.cause !== undefined && isPlanted(error.cause))
