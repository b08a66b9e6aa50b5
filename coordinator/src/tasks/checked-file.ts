import { TaskId } from '@tributary/protocols'
import { CreateTaskRequest, mistakesOf } from '@tributary/protocols/rest'
import type { TaskFile } from '@tributary/protocols/task'
import * as z from 'zod/mini'
import type { Mistake } from '../refusal.ts'
import { privacyMistakes } from './privacy-mistakes.ts'
import { scheduleMistakes } from './schedule.ts'
import { taskMistakes } from './task-mistakes.ts'

/** A task file; what is wrong with its schedule or its privacy is told together with all other mistakes, not once those are mended. */
export const CheckedTaskFile = z
  .safeExtend(CreateTaskRequest, {
    schedule: CreateTaskRequest.shape.schedule.check(
      z.superRefine((schedule, context) => {
        for (const { path, message } of scheduleMistakes(schedule))
          context.addIssue({ code: 'custom', path: path.split('.').slice(1), message })
      }),
    ),
  })
  .check(
    z.superRefine((file, context) => {
      for (const { path, message } of privacyMistakes(file))
        context.addIssue({ code: 'custom', path: path.split('.'), message })
    }),
  )

/** Everything that would keep a task from being made of this, but for an id that is taken; and the file where nothing does. */
export const checkTaskFile = (
  json: unknown,
): { file: TaskFile; mistakes: [] } | { file: undefined; mistakes: Mistake[] } => {
  const parsed = CheckedTaskFile.safeParse(json)
  const mistakes = parsed.success ? taskMistakes(parsed.data) : mistakesOf(parsed.error)
  return parsed.success && mistakes.length === 0
    ? { file: parsed.data, mistakes: [] }
    : { file: undefined, mistakes }
}

/** The id that a task file asks for, whatever else is wrong with it. */
export const idAskedFor = (json: unknown): TaskId | undefined => {
  if (typeof json !== 'object' || json === null || !('id' in json)) return undefined
  const id = TaskId.safeParse(json.id)
  return id.success ? id.data : undefined
}
