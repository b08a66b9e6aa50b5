/** Where a model is cut in two: tensors that travel, and tensors that are each client's own. */

import { tensorSpans, totalElements } from '../tensors/index.ts'
import { unreachable } from '../unreachable.ts'
import { layerOf } from './layer-of.ts'
import type { ModelSpec } from './model.ts'
import type { Personalization } from './personalization.ts'
import type { Plan } from './plan.ts'

type Personalized = { model: ModelSpec; personalization?: Personalization | undefined }

/**
 * A flat vector of the whole model in two parts, each with its tensors one behind the other in the model's order. Where the whole model
 * travels, the part that does is the vector itself and no copy.
 */
export type Cut = {
  /** Elements of the tensors that are each client's own; 0 where the whole model travels. */
  ownElements: number
  shared(flat: Float32Array): Float32Array
  own(flat: Float32Array): Float32Array
  /** The flat vector of these two parts. @throws RangeError for parts of other lengths. */
  joined(parts: { shared: Float32Array; own: Float32Array }): Float32Array
}

export const cutOf = ({ model, personalization }: Personalized): Cut => {
  const isOwn = ownTensors({ model, personalization })
  const spans = tensorSpans(model.tensors)
  const [own, shared] = [spans.filter(({ name }) => isOwn(name)), spans.filter(({ name }) => !isOwn(name))]
  const [ownElements, sharedElements] = [totalElements(own), totalElements(shared)]
  if (ownElements === 0)
    return {
      ownElements,
      shared: (flat) => flat,
      own: () => new Float32Array(),
      joined: (parts) => parts.shared,
    }
  const part = (of: typeof spans, length: number) => (flat: Float32Array) => {
    const values = new Float32Array(length)
    let at = 0
    for (const { start, end } of of) {
      values.set(flat.subarray(start, end), at)
      at += end - start
    }
    return values
  }
  return {
    ownElements,
    shared: part(shared, sharedElements),
    own: part(own, ownElements),
    joined(parts) {
      if (parts.shared.length !== sharedElements || parts.own.length !== ownElements)
        throw new RangeError(
          `${parts.shared.length} and ${parts.own.length} values for parts of ${sharedElements} and ${ownElements}`,
        )
      const flat = new Float32Array(sharedElements + ownElements)
      for (const [of, values] of [
        [shared, parts.shared],
        [own, parts.own],
      ] as const) {
        let at = 0
        for (const { start, end } of of) {
          flat.set(values.subarray(at, at + end - start), start)
          at += end - start
        }
      }
      return flat
    },
  }
}

/** A task or an assignment as if the tensors that travel were the whole model: what updates, their sums and their noise are of. */
export const travelling = <T extends Personalized>(of: T): T => {
  const { personalization, ...rest } = of
  if (!personalization) return of
  const isOwn = ownTensors(of)
  const tensors = of.model.tensors.filter(({ name }) => !isOwn(name))
  return { ...rest, model: { ...of.model, tensors } } as T
}

/** Why no client could train so, each with the field's path and what would do. */
export const personalizationMistakes = ({
  model,
  plan,
  personalization,
}: Personalized & { plan: Plan }): { path: readonly (string | number)[]; message: string }[] => {
  if (!personalization) return []
  const at = (path: readonly (string | number)[], message: string) => [
    { path: ['personalization', ...path], message },
  ]
  if (personalization.kind === 'ditto') {
    const { optimizer } = plan
    const most = 2 / optimizer.learningRate
    return optimizer.name === 'sgd' && personalization.lambda > most
      ? at(
          ['lambda'],
          `steps of ${optimizer.learningRate} towards the shared model overshoot it: at most ${most}`,
        )
      : []
  }
  const layers = [...new Set(model.tensors.map(({ name }) => layerOf(name)))]
  if (personalization.kind === 'local-layers') {
    const unknown = personalization.layers.flatMap((layer, i) =>
      layer === LAST || layers.includes(layer)
        ? []
        : at(
            ['layers', i],
            `the model has no tensor of a layer ${layer}: name some of ${shown(layers)}, or ${LAST}`,
          ),
    )
    if (unknown.length > 0) return unknown
  }
  const isOwn = ownTensors({ model, personalization })
  const own = model.tensors.filter(({ name }) => isOwn(name)).length
  if (own === 0 && personalization.kind === 'fedbn')
    return at(
      ['kind'],
      'no layer of the model has moving statistics, as batch normalization has: choose local-layers',
    )
  return own === model.tensors.length
    ? at(['layers'], 'no tensor of the model would be left to learn together: leave out a layer')
    : []
}

const LAST = 'last'
/** What batch normalization has and no other layer. */
const STATISTICS = '/moving_mean'

/** Whether the tensor of this name is each client's own. */
const ownTensors = ({ model, personalization }: Personalized): ((tensor: string) => boolean) => {
  switch (personalization?.kind) {
    case undefined:
    case 'ditto':
      return () => false
    case 'local-layers': {
      const own = new Set(personalization.layers)
      const names = model.tensors.map(({ name }) => layerOf(name))
      // Statistics come behind everything that is trained, whatever layer they are of.
      const normalized = normalizing(model)
      const last = names.findLast((layer) => !normalized.has(layer)) ?? names.at(-1)
      if (own.has(LAST) && !names.includes(LAST) && last !== undefined) own.add(last)
      return (tensor) => own.has(layerOf(tensor))
    }
    case 'fedbn': {
      const own = normalizing(model)
      return (tensor) => own.has(layerOf(tensor))
    }
    default:
      return unreachable(personalization)
  }
}

/** Layers of batch normalization. */
const normalizing = ({ tensors }: ModelSpec): Set<string> =>
  new Set(tensors.flatMap(({ name }) => (name.endsWith(STATISTICS) ? [layerOf(name)] : [])))

const MOST_SHOWN = 12
const shown = (names: readonly string[]): string =>
  names.length > MOST_SHOWN ? `${names.slice(0, MOST_SHOWN).join(', ')} …` : names.join(', ')
