// Entry of the module for kernels that see all rows at once; its rules are those of the vector module.
export { gramTile } from './gram'
export { meanOfRanks } from './ranks'

/** First byte that no static data of this module occupies; everything above belongs to the arena. */
export function heapBase(): usize {
  return __heap_base
}
