/** Training in a worker, and what a training may take. `createWorkerTrainer` is for the app, `serveTrainer` for the worker's file. */
export { type TrainingLimits, withLimits } from './limits.ts'
export { type ServeOptions, serveTrainer } from './serve-trainer.ts'
export type { AnyWorker } from './worker-line.ts'
export { createWorkerTrainer, type WorkerTrainer, type WorkerTrainerOptions } from './worker-trainer.ts'
