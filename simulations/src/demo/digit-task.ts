import type { TaskFileInput } from '@tributary/protocols/task'
import { DIGIT_CLASSES, IMAGE_PIXELS } from '../datasets/index.ts'

const HIDDEN = 64

/**
 * The demo's task: a digit recognizer with one hidden layer (784-64-10, 50,890 parameters). The output layer gives logits; the loss applies the softmax.
 */
export const digitTask = (options: { cohort: number; seed: number }): TaskFileInput => ({
  id: 'digits',
  title: 'Handwritten digits',
  model: {
    format: 'tfjs-layers',
    topology: {
      class_name: 'Sequential',
      config: {
        name: 'digits',
        layers: [
          {
            class_name: 'Dense',
            config: {
              name: 'hidden',
              units: HIDDEN,
              activation: 'relu',
              batch_input_shape: [null, IMAGE_PIXELS],
            },
          },
          { class_name: 'Dense', config: { name: 'output', units: DIGIT_CLASSES, activation: 'linear' } },
        ],
      },
    },
    tensors: [
      { name: 'hidden/kernel', shape: [IMAGE_PIXELS, HIDDEN], dtype: 'F32', initializer: 'glorot-uniform' },
      { name: 'hidden/bias', shape: [HIDDEN], dtype: 'F32', initializer: 'zeros' },
      { name: 'output/kernel', shape: [HIDDEN, DIGIT_CLASSES], dtype: 'F32', initializer: 'glorot-uniform' },
      { name: 'output/bias', shape: [DIGIT_CLASSES], dtype: 'F32', initializer: 'zeros' },
    ],
    initial: { kind: 'seeded', seed: options.seed },
  },
  plan: {
    epochs: 5,
    batchSize: 10,
    optimizer: { name: 'sgd', learningRate: 0.3 },
    loss: 'softmax-cross-entropy',
  },
  cohort: {
    target: options.cohort,
    overSelection: 1,
    quorum: Math.max(1, Math.ceil(options.cohort * 0.8)),
    selectionSeconds: 60,
    trainingSeconds: 300,
  },
  strategy: { name: 'fedavg' },
  schedule: { kind: 'manual' },
})
