/** What the tables refer to among the published bytes. */
import type { Digest, ModelVersion } from '@tributary/protocols'
import { WEIGHTS_DROPPED } from '../audit/actions.ts'
import type { Snapshot } from '../ports/snapshot.ts'
import type { PageRequest } from '../ports/store.ts'
import { all, paged } from './table-records.ts'

/** One blob that the tables refer to. */
export type Reference = {
  digest: Digest
  bytes: number
  /** Who refers to it: `my-task/models/3`, `my-task/assignment`. */
  by: string[]
  /** Retention has let it go: it need not be there. */
  dropped: boolean
}

/** Every blob that a task's assignment and frozen part, a model version's weights or its strategy's state refer to. Rounds refer to nothing beyond these. */
export const referencesOf = async (snapshot: Omit<Snapshot, 'close'>): Promise<Map<Digest, Reference>> => {
  const found = new Map<Digest, Reference>()
  const dropped = await droppedVersions(snapshot)
  const refer = (blob: { digest: Digest; bytes: number }, by: string) => {
    const known = found.get(blob.digest) ?? { digest: blob.digest, bytes: blob.bytes, by: [], dropped: true }
    known.by.push(by)
    known.dropped &&= dropped.has(by)
    found.set(blob.digest, known)
  }
  for (const task of await all(snapshot.tasks.list, ({ id }) => id)) {
    refer(task.assignment, `${task.id}/assignment`)
    if (task.file.model.frozen) refer(task.file.model.frozen.weights, `${task.id}/frozen`)
    for await (const { version, weights, origin } of paged(
      (page: PageRequest<ModelVersion>) => snapshot.models.list(task.id, page),
      ({ version }) => version,
    )) {
      refer(weights, subjectOf(task.id, version))
      if (origin.kind === 'round' && origin.state?.vectors)
        refer(origin.state.vectors, subjectOf(task.id, version))
    }
  }
  return found
}

/** A model version as the audit log names it. */
export const subjectOf = (task: string, version: number): string => `${task}/models/${version}`

const droppedVersions = async (snapshot: Pick<Snapshot, 'audit'>): Promise<ReadonlySet<string>> => {
  const dropped = new Set<string>()
  for await (const { action, subject } of paged(snapshot.audit, ({ sequence }) => sequence))
    if (action === WEIGHTS_DROPPED) dropped.add(subject)
  return dropped
}
