import * as z from 'zod/mini'
import type { Assignment } from './assignment.ts'
import { PlainModel } from './plain-model.ts'
import { Plan } from './plan.ts'

/** Model and plan, and nothing that asks clients for more. All that it takes, `Assignment` takes as the same. */
const PlainAssignment = z.strictObject({ model: PlainModel, plan: Plan })

/**
 * Reads the assignment of a plain task without the schemas of everything that a task may ask for. `undefined` for all else, be it the assignment of
 * another task or none at all: `decodeAssignment` tells.
 */
export const decodePlainAssignment = (bytes: Uint8Array): Assignment | undefined => {
  try {
    return PlainAssignment.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch {
    return undefined
  }
}
