import { inputShapeOf, inputWidth, outputWidth, type TaskFile } from '@tributary/protocols/task'
import type { Mistake } from '../refusal.ts'
import { topologyShapes } from './topology-shapes.ts'

/** Where what a task says it learns from is not what its model takes and tells. Of models that the coordinator cannot read, nothing. */
export const signatureMistakes = ({ model, plan }: TaskFile): Mistake[] => {
  const { signature } = model
  if (!signature) return []
  const { features, labels } = signature
  const mistakes: Mistake[] = []
  if (plan.loss === 'softmax-cross-entropy' && labels.kind === 'number')
    mistakes.push({
      path: 'model.signature.labels.kind',
      message: 'softmax-cross-entropy learns classes: choose classes, or plan.loss mean-squared-error',
    })
  if (plan.loss === 'softmax-cross-entropy' && labels.kind === 'classes' && labels.encoding === 'binary')
    mistakes.push({
      path: 'model.signature.labels.encoding',
      message:
        'softmax-cross-entropy has an output a class: choose class, or plan.loss sigmoid-cross-entropy',
    })
  if (model.format !== 'tfjs-layers') return mistakes

  const { input, outputs } = topologyShapes(model.topology)
  const asked = inputShapeOf(signature)
  if (input && !sameShape(input, asked))
    mistakes.push({
      path: 'model.signature.features',
      message: `they are ${wordsFor(asked, inputWidth(features))} an example, and the model’s input is [${input}]: mend one of the two`,
    })
  const told = outputWidth(labels)
  if (outputs !== undefined && outputs !== told)
    mistakes.push({
      path: 'model.signature.labels',
      message: `they need ${told} ${told === 1 ? 'output' : 'outputs'}, and the model has ${outputs}: mend one of the two`,
    })
  return mistakes
}

/** An image may be given to a model that takes its values in a row; a size that is not fixed takes any. */
const sameShape = (input: readonly (number | null)[], asked: readonly number[]): boolean => {
  const same = (sizes: readonly number[]) =>
    input.length === sizes.length && input.every((size, axis) => size === null || size === sizes[axis])
  const width = asked.reduce((a, b) => a * b, 1)
  if (same(asked) || same([width])) return true
  return (
    asked.length === 1 && !input.includes(null) && input.reduce((a, b) => (a ?? 1) * (b ?? 1), 1) === width
  )
}

const wordsFor = (shape: readonly number[], width: number): string =>
  shape.length === 1 ? `${width} ${width === 1 ? 'value' : 'values'}` : `[${shape}]`
