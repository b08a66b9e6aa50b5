/** What instances of one client say to each other. */
import { ModelVersion, TaskId } from '@tributary/protocols'
import * as z from 'zod/mini'

export const SiblingWord = z.discriminatedUnion('type', [
  /** The person has said something about taking part, and it is kept. */
  z.strictObject({ type: z.literal('consent') }),
  /** A newer model than any before is kept. */
  z.strictObject({ type: z.literal('model'), task: TaskId, version: ModelVersion }),
])
export type SiblingWord = z.infer<typeof SiblingWord>
