/** Simulation and data sets, for programs and tests. */
export * from './datasets/index.ts'
export * from './diagnosis/index.ts'
export * from './partitions/index.ts'
export * from './population/index.ts'
export * from './report/index.ts'
export {
  judgeSoftmaxRegression,
  type LabelledRows,
  softmaxRegressionTrainer,
} from './training/softmax-regression.ts'
export { createWorld, type VirtualClient, type World, type WorldOptions } from './world.ts'
