/** What tensors a model has, in the order in which they lie in its flat vector. */
import * as z from 'zod/mini'
import { Dtype, elementBytes } from './dtype.ts'

/** Limits that a real model stays far below and that keep a hostile manifest from costing memory. */
export const MAX_TENSORS = 4_096
export const MAX_ELEMENTS = 2 ** 30

export const TensorName = z.string().check(
  z.minLength(1),
  z.maxLength(256),
  z.refine((name) => name !== '__metadata__', 'safetensors keeps the name __metadata__ for itself'),
  z.refine((name) => name.isWellFormed() && !/\p{Cc}/u.test(name), 'a tensor name is printable Unicode text'),
)

/** One tensor. `shape` is row-major with dimensions of at least 1; `[]` is a scalar. */
export const TensorSpec = z.strictObject({
  name: TensorName,
  shape: z.array(z.int().check(z.minimum(1), z.maximum(MAX_ELEMENTS))).check(z.maxLength(8)),
  dtype: Dtype,
})
export type TensorSpec = z.infer<typeof TensorSpec>

/** 1 to 4,096 tensors with distinct names and at most 2^30 elements together. */
export const TensorManifest = z.array(TensorSpec).check(
  z.minLength(1),
  z.maxLength(MAX_TENSORS),
  z.superRefine((tensors, issues) => {
    const names = new Set<string>()
    for (const [at, { name }] of tensors.entries()) {
      if (names.has(name))
        issues.addIssue({ code: 'custom', path: [at, 'name'], message: `two tensors are named ${name}` })
      names.add(name)
    }
    if (totalElements(tensors) > MAX_ELEMENTS)
      issues.addIssue({
        code: 'custom',
        message: `the tensors hold more than ${MAX_ELEMENTS} elements together`,
      })
  }),
)
export type TensorManifest = z.infer<typeof TensorManifest>

/** Elements of a tensor of this shape: the product of its dimensions, 1 for a scalar. */
export const elementCount = (shape: readonly number[]): number =>
  shape.reduce((product, dimension) => product * dimension, 1)

/** Elements of all tensors together: the length of the flat vector. */
export const totalElements = (tensors: TensorManifest): number =>
  tensors.reduce((sum, { shape }) => sum + elementCount(shape), 0)

/** Bytes of all tensors together, without any header. */
export const totalBytes = (tensors: TensorManifest): number =>
  tensors.reduce((sum, { shape, dtype }) => sum + elementCount(shape) * elementBytes(dtype), 0)

/** Where a tensor lies in the flat vector: elements `start` (inclusive) to `end` (exclusive). */
export type TensorSpan = TensorSpec & { start: number; end: number }

/** Every tensor with its place in the flat vector, in manifest order. */
export const tensorSpans = (tensors: TensorManifest): TensorSpan[] => {
  let end = 0
  return tensors.map((tensor) => {
    const start = end
    end += elementCount(tensor.shape)
    return { ...tensor, start, end }
  })
}

/** The tensor that holds element `flatIndex` of the flat vector, and the element's row-major index within it. */
export const tensorAt = (tensors: TensorManifest, flatIndex: number): { tensor: string; index: number } => {
  const span = tensorSpans(tensors).find(({ start, end }) => start <= flatIndex && flatIndex < end)
  if (!span)
    throw new RangeError(`element ${flatIndex} lies outside the ${totalElements(tensors)} of this manifest`)
  return { tensor: span.name, index: flatIndex - span.start }
}
