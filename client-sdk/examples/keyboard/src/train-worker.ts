/** The worker: it reads what this person has typed, and learns from it. The lines stay here; weights go back to the page. */
import type { TrainingModel } from '@tributary/client-sdk'
import { createCompactTrainer } from '@tributary/client-sdk/compact'
import { serveTrainer } from '@tributary/client-sdk/worker'
import { accuracyOf, examplesOf } from './judge.ts'
import { ownLines } from './own-lines.ts'
import { loadStory } from './story.ts'

const lines = ownLines(self.name)
const trainer = createCompactTrainer({ examples: async () => examplesOf(await lines.all()) })

let heldOut: Promise<readonly string[]> | undefined
const loadHeldOut = (): Promise<readonly string[]> => {
  heldOut ??= loadStory().then((story) => story.heldOut)
  return heldOut
}

const judging = {
  ...trainer,
  /** By the lines that nobody trains on, and by the three suggestions that people see. */
  evaluate: async (model: TrainingModel) => {
    const { examples, ...metrics } = await accuracyOf({ trainer, model }, await loadHeldOut())
    return { examples, metrics }
  },
}
serveTrainer(judging)
