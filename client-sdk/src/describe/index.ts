/** What a task asks of its clients, before anyone ships it; and models made ready for tasks. */
export {
  type DescribedLayer,
  describeTask,
  descriptionText,
  MEMORY_FORMULA,
  type TaskDescription,
  TaskMistakesError,
  type Traffic,
  type TrainingMemory,
} from '@tributary/protocols/describe'
export { type FrozenModel, freezeLayers } from './freeze-layers.ts'
