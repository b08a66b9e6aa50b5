// Entry of the SIMD module. AssemblyScript, not TypeScript: `usize` is a byte address in the module's own memory, and
// `length` counts values. Every vector starts on 64 bytes and owns the rest of its last 64, so the elementwise kernels
// run over whole groups of 16 values; only those that reduce to one answer mind where the vector ends.
export { chacha20Add } from './chacha20'
export { dequantize, quantize } from './quantize'
export { addMod32, addPacked, subtractMod32 } from './ring'
export { addScaled, firstNonFinite, scale, sumSquares } from './vector'

/** First byte that no static data of this module occupies; everything above belongs to the arena. */
export function heapBase(): usize {
  return __heap_base
}
