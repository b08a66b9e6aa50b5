import type { Mistake } from '@tributary/protocols/rest'
import type { TaskFile } from '@tributary/protocols/task'
import { compressionMistakes } from './compression-mistakes.ts'
import { modeMistakes } from './mode-mistakes.ts'
import { privacyMistakes } from './privacy-mistakes.ts'
import { scheduleMistakes } from './schedule.ts'
import { signatureMistakes } from './signature-mistakes.ts'
import { strategyMistakes } from './strategy-mistakes.ts'

/** Why a task of this file could not be made: what its parts ask of each other, beyond the form of each. */
export const taskMistakes = (file: TaskFile): Mistake[] => [
  ...scheduleMistakes(file.schedule),
  ...modeMistakes(file),
  ...privacyMistakes(file),
  ...strategyMistakes(file),
  ...compressionMistakes(file),
  ...signatureMistakes(file),
]
