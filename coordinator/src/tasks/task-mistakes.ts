import type { TaskFile } from '@tributary/protocols/task'
import type { Mistake } from '../refusal.ts'
import { privacyMistakes } from './privacy-mistakes.ts'
import { scheduleMistakes } from './schedule.ts'
import { strategyMistakes } from './strategy-mistakes.ts'

/** Why a coordinator makes no task of this file, though it is one: all of it at once, each with its path. */
export const taskMistakes = (file: TaskFile): Mistake[] => [
  ...scheduleMistakes(file.schedule),
  ...privacyMistakes(file),
  ...strategyMistakes(file),
]
