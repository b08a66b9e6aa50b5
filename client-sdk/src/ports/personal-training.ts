import type { TaskId } from '@tributary/protocols'
import type { Trainer, TrainingModel } from '../training/trainer.ts'

/** What a client does for tasks in which part of the model, or a model beside the shared one, is its own (`personalization`). */
export type PersonalTraining = {
  /**
   * A round of such a task. The model that is given back has nothing but the tensors that travel, and its trainer takes and gives these; the
   * whole is trained within it, by the trainer given, and what has become of the client's own is durable when a training resolves.
   * @throws TributaryError `storage-failed`.
   */
  round<Model extends TrainingModel>(given: {
    task: TaskId
    model: Model
    trainer: Trainer
  }): Promise<{ model: Model; trainer: Trainer }>
  /**
   * The model as this client uses it; as it was given where the client has nothing of its own yet.
   * @throws TributaryError `storage-failed`.
   */
  own<Model extends TrainingModel>(task: TaskId, model: Model): Promise<Model>
  /** Forgets what is this client's own, of all tasks where none is named. Harmless where there is nothing. @throws TributaryError `storage-failed`. */
  erase(task?: TaskId): Promise<void>
}
