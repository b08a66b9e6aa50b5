// Entry of the module that clients load: of the SIMD module, what needs no sum of many.
export { chacha20Add } from './chacha20'
export { quantize } from './quantize'
export { addMod32 } from './ring'
export { firstNonFinite, scale, sumSquares } from './vector'

/** First byte that no static data of this module occupies; everything above belongs to the arena. */
export function heapBase(): usize {
  return __heap_base
}
