/** What a task asks of its clients, before anyone ships it; and models made ready for tasks. */
export { type FrozenModel, freezeLayers } from './freeze-layers.ts'
