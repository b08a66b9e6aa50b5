// Entry of the SIMD module. AssemblyScript, not TypeScript: `usize` is a byte address in the module's own memory.
export { addScaled, firstNonFinite, scale, sumSquares } from './vector'

/** First byte that no static data of this module occupies; everything above belongs to the arena. */
export function heapBase(): usize {
  return __heap_base
}
