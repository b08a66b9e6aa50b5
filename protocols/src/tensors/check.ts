/** Are these the tensors that were asked for, and are their values numbers? */
import { elementCount, type TensorManifest, type TensorSpec, tensorAt, tensorSpans } from './manifest.ts'

/** The first difference between two manifests, in the order of the expected one. */
export type TensorDifference = {
  reason: 'missing' | 'unexpected' | 'name' | 'shape' | 'dtype'
  tensor: string
  /** The difference in words, for a refusal. */
  problem: string
}

/** `undefined` when `found` has exactly the expected tensors in the expected order, else the first difference. */
export const checkTensors = (
  expected: TensorManifest,
  { tensors: found }: { tensors: TensorManifest },
): TensorDifference | undefined => {
  for (const [at, tensor] of expected.entries()) {
    const difference = differs(tensor, found[at])
    if (difference) return difference
  }
  const extra = found[expected.length]
  return (
    extra && { reason: 'unexpected', tensor: extra.name, problem: `tensor ${extra.name} was not asked for` }
  )
}

/**
 * The values of `file` in the order of `expected`: for files whose writer sorted the tensors, as Python's does.
 * Names, shapes and dtypes must be the same set; check the result's absence, not its order.
 */
export const arrangeTensors = (
  expected: TensorManifest,
  file: { tensors: TensorManifest; values: Float32Array },
): { arranged: Float32Array } | { difference: TensorDifference } => {
  const spans = new Map(tensorSpans(file.tensors).map((span) => [span.name, span]))
  const found = expected.flatMap(({ name }) => spans.get(name) ?? [])
  const names = new Set(expected.map(({ name }) => name))
  const extra = file.tensors.filter(({ name }) => !names.has(name))
  const missing = expected.find(({ name }) => !spans.has(name))
  const difference = missing
    ? differs(missing, undefined)
    : checkTensors(expected, { tensors: [...found, ...extra] })
  if (difference) return { difference }
  const arranged = new Float32Array(file.values.length)
  let end = 0
  for (const span of found) {
    arranged.set(file.values.subarray(span.start, span.end), end)
    end += elementCount(span.shape)
  }
  return { arranged }
}

/**
 * The first value that is NaN or infinite, or `undefined` when all are finite.
 * `scan` returns the index of the first such value or -1, so that a vector kernel can do the work.
 */
export const firstNonFinite = (
  file: { tensors: TensorManifest; values: Float32Array },
  scan: (values: Float32Array) => number = scanNonFinite,
): { tensor: string; index: number } | undefined => {
  const flatIndex = scan(file.values)
  return flatIndex < 0 ? undefined : tensorAt(file.tensors, flatIndex)
}

const differs = (expected: TensorSpec, found: TensorSpec | undefined): TensorDifference | undefined => {
  const { name } = expected
  if (!found) return { reason: 'missing', tensor: name, problem: `tensor ${name} is missing` }
  if (found.name !== name)
    return { reason: 'name', tensor: name, problem: `tensor ${name} is expected where ${found.name} stands` }
  if (String(found.shape) !== String(expected.shape))
    return {
      reason: 'shape',
      tensor: name,
      problem: `tensor ${name} has shape [${found.shape}] where [${expected.shape}] is expected`,
    }
  if (found.dtype !== expected.dtype)
    return {
      reason: 'dtype',
      tensor: name,
      problem: `tensor ${name} is ${found.dtype} where ${expected.dtype} is expected`,
    }
  return undefined
}

const scanNonFinite = (values: Float32Array): number => {
  // x - x is 0 for finite x and NaN for the others; a plain loop is several times faster than findIndex.
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (value - value !== 0) return i
  }
  return -1
}
