/** Points in a plane of three kinds, in three clusters that touch: a problem a small network learns in a few rounds. */
import { normal, seededRandom } from '@tributary/protocols/runtime'

const CENTRES = [
  [-1, -0.8],
  [1, -0.8],
  [0, 1],
] as const

/** Row-major points, and the kind of each, as the tfjs trainer takes examples. The seed decides them. */
export const pointsOf = (seed: string, count: number): { inputs: Float32Array; targets: Int32Array } => {
  const random = seededRandom(seed)
  const inputs = new Float32Array(2 * count)
  const targets = new Int32Array(count)
  for (let row = 0; row < count; row++) {
    const kind = row % CENTRES.length
    const [x, y] = CENTRES[kind] ?? CENTRES[0]
    inputs.set([x + 0.35 * normal(random), y + 0.35 * normal(random)], 2 * row)
    targets[row] = kind
  }
  return { inputs, targets }
}
