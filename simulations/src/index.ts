/** Simulation and data sets, for programs and tests. */
export * from './datasets/index.ts'
export * from './diagnosis/index.ts'
export { denseLayers, smallConvolutional, softmaxRegression, twoLayers } from './models/model-specs.ts'
export { characterLstm, characterPerceptron } from './models/text-models.ts'
export * from './partitions/index.ts'
export * from './population/index.ts'
export * from './report/index.ts'
export * from './scenarios/index.ts'
export { createTrainingPool, type TrainingPool } from './training/pool.ts'
export {
  judgeSoftmaxRegression,
  type LabelledRows,
  softmaxRegressionTrainer,
} from './training/softmax-regression.ts'
export { clientChance, identityBy, trainingSeedBy } from './world/client-chance.ts'
export { nodeSigner } from './world/native-signer.ts'
export type { VirtualClient } from './world/virtual-client.ts'
export { createWorld, type World, type WorldOptions } from './world/world.ts'
