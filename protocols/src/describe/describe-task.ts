import type { Mistake } from '../rest/mistakes.ts'
import { mistakesOf } from '../rest/mistakes.ts'
import { Assignment, assignmentOf } from '../task/assignment.ts'
import { TaskFile } from '../task/task-file.ts'
import { totalElements } from '../tensors/index.ts'
import { type DescribedLayers, layersOf } from './layers.ts'
import { type Traffic, trafficOf } from './traffic.ts'
import { memoryOf, type TrainingMemory } from './training-memory.ts'

export type TaskDescription = DescribedLayers & {
  parameters: { trained: number; frozen: number }
  traffic: Traffic
  memory: TrainingMemory
  /** Examples a step, and passes over a client's own. */
  plan: { batchSize: number; epochs: number }
}

/** A task file or assignment that is none. */
export class TaskMistakesError extends Error {
  override name = 'TaskMistakesError'
  readonly mistakes: readonly Mistake[]
  constructor(mistakes: readonly Mistake[]) {
    super(mistakes.map(({ path, message }) => `${path}: ${message}`).join('\n'))
    this.mistakes = mistakes
  }
}

/**
 * What a task asks of its clients: layers, parameters, bytes and memory. Computed from the file alone; how long a training takes depends on the device
 * and the examples, and is not told.
 * @param task A task file or an assignment, as JSON has it.
 * @throws TaskMistakesError, with each mistake at its path.
 */
export const describeTask = (task: unknown): TaskDescription => {
  const assignment = readAssignment(task)
  const { model, plan } = assignment
  const layers = layersOf(model)
  const parameters = {
    trained: totalElements(model.tensors),
    frozen: model.frozen ? totalElements(model.frozen.tensors) : 0,
  }
  return {
    ...layers,
    parameters,
    traffic: trafficOf(assignment),
    memory: memoryOf(assignment, { ...parameters, activations: layers.activations }),
    plan: { batchSize: plan.batchSize, epochs: plan.epochs },
  }
}

/** What has an id or a cohort is meant as a task file. */
const readAssignment = (task: unknown): Assignment => {
  const isFile = typeof task === 'object' && task !== null && ('id' in task || 'cohort' in task)
  if (!isFile) return parsed(Assignment.safeParse(task))
  return assignmentOf(parsed(TaskFile.safeParse(task)))
}

const parsed = <T>(
  read: { success: true; data: T } | { success: false; error: Parameters<typeof mistakesOf>[0] },
): T => {
  if (read.success) return read.data
  throw new TaskMistakesError(mistakesOf(read.error))
}
