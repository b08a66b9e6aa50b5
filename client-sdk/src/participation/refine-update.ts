/** A round's work where nobody trains: what was trained before, as it lies from the received weights, weighed by how far that is. */
import type { Invitation } from '@tributary/protocols/messages'
import { manifestOf } from '@tributary/protocols/task'
import { firstNonFinite } from '@tributary/protocols/tensors'
import type { KeptTraining } from './kept-training.ts'
import type { LoadedModel } from './load-model.ts'
import { loadProtection } from './load-protection.ts'
import { failed, type Guard, type MadeUpdate, type MakingNeeds } from './seal-update.ts'

export const refineUpdate = async (
  needs: MakingNeeds,
  {
    invitation,
    model: { assignment, weights },
    signal,
    guard,
    kept,
  }: {
    invitation: Invitation
    model: LoadedModel
    signal: AbortSignal
    guard: Guard
    kept: Pick<KeptTraining, 'deltaFrom'>
  },
): Promise<MadeUpdate> => {
  const { refining } = assignment
  if (guard.kind !== 'secure' || !refining)
    return failed('privacy-floor', 'the task sums nothing again that its clients trained')
  const delta = kept.deltaFrom(guard.manifest, weights)
  if (!delta) return failed('aborted', 'what is to be summed again is not kept')
  if (firstNonFinite({ tensors: manifestOf(assignment.model), values: delta }))
    return failed('diverged', 'what was trained lies at no finite distance from the received weights')
  const { weighAndSeal } = await loadProtection()
  return weighAndSeal(needs, { invitation, assignment, delta, signal, ...guard }, refining)
}
