/** The coordinator's ports by name, as its public composition root asks for them. */
import type { Coordinator, CoordinatorNeeds } from '@tributary/coordinator'

export type Store = CoordinatorNeeds['store']
export type Blobs = CoordinatorNeeds['updates']
export type Change = Parameters<Store['commit']>[0][number]
export type Member = Awaited<ReturnType<Store['members']['ofRound']>>[number]
export type Round = Extract<Change, { kind: 'save-round' }>['round']
export type ModelRecord = Extract<Change, { kind: 'insert-model' }>['model']
export type UpdateUpload = Parameters<Coordinator['services']['submissions']['receive']>[0]
export type SubmissionReceipt = Exclude<
  Awaited<ReturnType<Coordinator['services']['submissions']['receive']>>,
  { refused: unknown }
>
