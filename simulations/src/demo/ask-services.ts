/** What a runner asks of the coordinator in its own process. */
import { isRefusal, type RunningCoordinator } from '@tributary/coordinator'
import type { ModelVersion, TaskId } from '@tributary/protocols'
import { type Assignment, TaskFile, type TaskFileInput } from '@tributary/protocols/task'
import { decodeSafetensors } from '@tributary/protocols/tensors'

export type Actor = { id: string; name: string; role: 'admin' }

const DAY_MS = 86_400_000

/** Makes the task. A folder that was used before goes on from where it stood. */
export const ensureTask = async (
  { coordinator }: RunningCoordinator,
  file: TaskFileInput,
  actor: Actor,
): Promise<void> => {
  const made = await coordinator.services.tasks.create(TaskFile.parse(file), actor)
  if (isRefusal(made) && made.refused !== 'already-exists') throw new Error(made.detail)
}

/** An invitation of so many uses, for a day. */
export const invite = async (
  { coordinator }: RunningCoordinator,
  invitation: { name: string; uses: number },
  actor: Actor,
): Promise<string> => {
  const invited = await coordinator.services.clients.invite(
    { ...invitation, expiresAt: Date.now() + DAY_MS },
    actor,
  )
  if (isRefusal(invited)) throw new Error(invited.detail)
  return invited.secret
}

export const weightsOf = async ({ coordinator }: RunningCoordinator, task: TaskId, version: ModelVersion) => {
  const found = await coordinator.services.models.weights(task, version)
  if (isRefusal(found)) throw new Error(found.detail)
  const parts: Uint8Array[] = []
  for await (const part of found.blob.stream()) parts.push(part)
  return { digest: found.model.weights.digest, bytes: new Uint8Array(Buffer.concat(parts)) }
}

/** A version as trainers take it. */
export const modelOf = async (
  running: RunningCoordinator,
  file: TaskFileInput,
  version: ModelVersion,
): Promise<{ assignment: Assignment; weights: Float32Array }> => {
  const { id, model, plan } = TaskFile.parse(file)
  const { bytes } = await weightsOf(running, id, version)
  return { assignment: { model, plan }, weights: decodeSafetensors(bytes).values }
}

export const latestVersion = async (running: RunningCoordinator, task: TaskId): Promise<ModelVersion> => {
  const view = await running.coordinator.services.tasks.get(task)
  if (isRefusal(view) || !view.latestModel) throw new Error(`the task ${task} has no model`)
  return view.latestModel.version
}
