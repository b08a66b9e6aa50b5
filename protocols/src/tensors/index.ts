export { arrangeTensors, checkTensors, firstNonFinite, type TensorDifference } from './check.ts'
export { createDigest, type DigestStream, digestOf, digestOfHash, hashOfDigest } from './digest.ts'
export { Dtype, dtypeOf, elementBytes, type Vector, type VectorOf, vectorOver } from './dtype.ts'
export {
  elementCount,
  MAX_ELEMENTS,
  MAX_TENSORS,
  TensorManifest,
  TensorName,
  type TensorSpan,
  TensorSpec,
  tensorAt,
  tensorSpans,
  totalBytes,
  totalElements,
} from './manifest.ts'
export { decodeSafetensors, encodeSafetensors, safetensorsBytes, type TensorFile } from './safetensors.ts'
export { DEFAULT_MAX_HEADER_BYTES } from './safetensors-header.ts'
export { type TensorFormatCode, TensorFormatError } from './tensor-format-error.ts'
