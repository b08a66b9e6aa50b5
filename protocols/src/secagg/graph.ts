/**
 * Who is whose neighbour: a Harary graph over a random ring (Bell et al. 2020). Everyone who knows the seed computes the
 * same graph; nobody can know it before everyone's keys are fixed (see `session.ts`).
 */
import { toHex } from '../crypto/encoding.ts'
import { shuffle } from '../runtime/draw.ts'
import { seededRandom } from '../runtime/seeded-random.ts'
import { placeOf } from './ascending.ts'

export type Graph = {
  readonly size: number
  /** The neighbours of a member, ascending, without itself. */
  neighbours(member: number): readonly number[]
  /** Those who hold a share of a member's secrets, ascending: its neighbours and itself. */
  holders(member: number): readonly number[]
  /** The x of the share of `owner`'s secrets that `holder` has, from 1; `undefined` when it has none. */
  shareX(owner: number, holder: number): number | undefined
}

/**
 * The graph over `size` members (0 to size - 1) with `degree` neighbours each: the degree/2 nearest on either side
 * around a ring in the order that the seed gives; the complete graph for a degree of size - 1.
 * @throws RangeError for a degree that is neither even and below size nor size - 1.
 */
export const createGraph = (shape: { size: number; degree: number; seed: Uint8Array }): Graph => {
  const { size, degree, seed } = shape
  const complete = degree === size - 1
  if (!Number.isInteger(degree) || degree < 1 || degree >= size || (degree % 2 !== 0 && !complete))
    throw new RangeError(
      `a graph over ${size} has an even degree below ${size}, or ${size - 1}; not ${degree}`,
    )
  const everyone = Array.from({ length: size }, (_, member) => member)
  const ring = complete ? everyone : shuffle(seededRandom(`secagg ring v1 ${toHex(seed)}`), everyone)
  const places = new Uint32Array(size)
  for (const [place, member] of ring.entries()) places[member] = place
  const known: (Around | undefined)[] = []

  const around = (member: number): Around => {
    const found = known[member]
    if (found) return found
    if (!Number.isInteger(member) || member < 0 || member >= size)
      throw new RangeError(`member ${member} is not one of ${size}`)
    const place = places[member] ?? 0
    const holders = complete
      ? everyone
      : Array.from(
          { length: degree + 1 },
          (_, at) => ring[(place + at - degree / 2 + size) % size] ?? member,
        ).sort((a, b) => a - b)
    const made = { holders, neighbours: holders.filter((other) => other !== member) }
    known[member] = made
    return made
  }
  return {
    size,
    holders: (member) => around(member).holders,
    neighbours: (member) => around(member).neighbours,
    shareX: (owner, holder) => {
      const at = placeOf(holder, around(owner).holders)
      return at < 0 ? undefined : at + 1
    },
  }
}

type Around = { holders: readonly number[]; neighbours: readonly number[] }
