import { sample, seededRandom } from '@tributary/protocols/runtime'

/** So many of all rows, ascending: the same in every run, whatever its seed. Undefined where they would be all. */
export const drawnRows = (count: number, wanted: number | undefined): Uint32Array | undefined => {
  if (wanted === undefined || wanted >= count) return undefined
  const all = Array.from({ length: count }, (_, row) => row)
  return Uint32Array.from(sample(seededRandom('drawn rows'), all, wanted)).sort()
}
