/** `POST /api/v1/task-checks`: what a coordinator would say to a task file, without making the task. */
import * as z from 'zod'
import { Mistake } from './mistakes.ts'

export const TaskCheckView = z.object({
  /** Everything wrong with it; empty where it would be taken. */
  mistakes: z.array(Mistake),
  /** Of a file that would be taken: parameters, and the bytes that one client receives and sends in a round. */
  size: z
    .object({ parameters: z.int().min(0), bytesDown: z.int().min(0), bytesUp: z.int().min(0) })
    .nullable(),
})
export type TaskCheckView = z.infer<typeof TaskCheckView>
