/** The part of a model that nobody trains: it travels once, by its digest, and is in no version and no update. */
import * as z from 'zod/mini'
import { Digest } from '../ids.ts'
import { MAX_ELEMENTS, TensorManifest, TensorSpec, totalElements } from '../tensors/index.ts'
import { layerOf } from './layer-of.ts'

/** Most bytes of a file of frozen tensors: coordinators and clients hold it in memory to read it. */
export const MOST_FROZEN_BYTES = 2 ** 29

export const FrozenPart = z.strictObject({
  /** The file of these tensors, and of no others, in safetensors and in any order. */
  weights: z.strictObject({
    digest: Digest,
    bytes: z.int().check(z.minimum(1), z.maximum(MOST_FROZEN_BYTES)),
  }),
  /** Their order is that of the flat vector of frozen values. */
  tensors: z
    .array(z.strictObject({ ...TensorSpec.shape, dtype: z.literal('F32', 'a model’s tensors are F32') }))
    .check(z.minLength(1), z.maxLength(4_096)),
})
export type FrozenPart = z.infer<typeof FrozenPart>

/** Why no trainer could put the two parts together, each with the field's path. */
export const frozenMistakes = ({
  tensors,
  frozen,
}: {
  tensors: TensorManifest
  frozen?: FrozenPart | undefined
}): { path: (string | number)[]; message: string }[] => {
  if (!frozen) return []
  const trained = new Set(tensors.map(({ name }) => name))
  const layers = new Set(tensors.map(({ name }) => layerOf(name)))
  const seen = new Set<string>()
  const ofNames = frozen.tensors.flatMap(({ name }, i) => {
    const path = ['frozen', 'tensors', i, 'name']
    const twice = seen.has(name)
    seen.add(name)
    if (twice) return [{ path, message: `two tensors are named ${name}` }]
    if (trained.has(name)) return [{ path, message: `${name} is among the model’s trained tensors as well` }]
    return layers.has(layerOf(name))
      ? [
          {
            path,
            message: `the layer ${layerOf(name)} has trained tensors too: freeze all of a layer, or none`,
          },
        ]
      : []
  })
  if (ofNames.length > 0) return ofNames
  const together = totalElements(frozen.tensors) + totalElements(tensors)
  return together > MAX_ELEMENTS
    ? [{ path: ['frozen', 'tensors'], message: `the model holds more than ${MAX_ELEMENTS} elements` }]
    : []
}

/** The manifest that the file of frozen tensors must have. */
export const frozenManifestOf = ({ tensors }: FrozenPart): TensorManifest => TensorManifest.parse(tensors)
