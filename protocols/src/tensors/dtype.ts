import * as z from 'zod/mini'

/** Element types by their safetensors words. Weights and deltas are F32; the others carry masked or quantized updates. */
export const Dtype = z.enum(['F32', 'I32', 'U32', 'I16', 'U16', 'I8', 'U8'])
export type Dtype = z.infer<typeof Dtype>

/** The typed array that holds a flat vector of each element type. */
export type VectorOf = {
  F32: Float32Array
  I32: Int32Array
  U32: Uint32Array
  I16: Int16Array
  U16: Uint16Array
  I8: Int8Array
  U8: Uint8Array
}
export type Vector = VectorOf[Dtype]

/** Bytes an element takes. */
export const elementBytes = (dtype: Dtype): number => vectorTypes[dtype].BYTES_PER_ELEMENT

/** The element type that a typed array holds, or `undefined` for arrays that do not travel (float64, bigint). */
export const dtypeOf = (values: ArrayBufferView): Dtype | undefined =>
  Dtype.options.find((dtype) => values instanceof vectorTypes[dtype])

/**
 * Little-endian bytes as a vector of `dtype`: a view where alignment allows, else of a copy.
 * `bytes` holds a whole number of elements.
 */
export const vectorOver = <D extends Dtype>(dtype: D, bytes: Uint8Array): VectorOf[D] => {
  const VectorType: VectorConstructor<D> = vectorTypes[dtype]
  const aligned = bytes.byteOffset % VectorType.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice()
  return new VectorType(aligned.buffer, aligned.byteOffset, aligned.byteLength / VectorType.BYTES_PER_ELEMENT)
}

type VectorConstructor<D extends Dtype> = {
  readonly BYTES_PER_ELEMENT: number
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): VectorOf[D]
}

const vectorTypes: { [D in Dtype]: VectorConstructor<D> } = {
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
}
