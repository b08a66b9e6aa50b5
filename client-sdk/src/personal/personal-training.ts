/** Personalised tasks: layers that are trained but never sent, and models of one's own beside the shared one. */
import { unreachable } from '@tributary/protocols'
import { cutOf, travelling } from '@tributary/protocols/task'
import { memoryRecordStore } from '../adapters/memory-record-store.ts'
import type { PersonalTraining } from '../ports/personal-training.ts'
import type { RecordStore } from '../ports/record-store.ts'
import { besideTrainer } from './beside-trainer.ts'
import { keptFor } from './kept.ts'
import { layersTrainer } from './layers-trainer.ts'

export type { PersonalTraining } from '../ports/personal-training.ts'

/** @param options.store Where what is the client's own lives; left out, in memory, for as long as what this returns. */
export const createPersonalTraining = ({
  store = memoryRecordStore(),
}: {
  store?: RecordStore
} = {}): PersonalTraining => ({
  async round({ task, model, trainer }) {
    const { assignment, weights } = model
    const { personalization } = assignment
    if (!personalization) return { model, trainer }
    const kept = keptFor(store, { task, assignment })
    switch (personalization.kind) {
      case 'local-layers':
      case 'fedbn': {
        const cut = cutOf(assignment)
        const own = (await kept.load(cut.ownElements)) ?? cut.own(weights)
        return {
          model: { ...model, assignment: travelling(assignment), weights: cut.shared(weights) },
          trainer: layersTrainer(trainer, { assignment, cut, own, keep: kept.save }),
        }
      }
      case 'ditto': {
        const own = (await kept.load(weights.length)) ?? weights
        return { model, trainer: besideTrainer(trainer, { ...personalization, own, keep: kept.save }) }
      }
      default:
        return unreachable(personalization)
    }
  },

  async own(task, model) {
    const { assignment, weights } = model
    const { personalization } = assignment
    if (!personalization) return model
    const cut = cutOf(assignment)
    const kept = await keptFor(store, { task, assignment }).load(cut.ownElements || weights.length)
    if (!kept) return model
    return {
      ...model,
      weights:
        personalization.kind === 'ditto' ? kept : cut.joined({ shared: cut.shared(weights), own: kept }),
    }
  },

  async erase(task) {
    for (const name of task ? [task] : await store.names()) await store.erase(name)
  },
})
