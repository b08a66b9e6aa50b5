/** Trained minus received, and how long it may be. */

/** Parameter by parameter; both arrays have one length. */
export const deltaOf = (trained: Float32Array, received: Float32Array): Float32Array => {
  if (trained.length !== received.length)
    throw new RangeError(`${trained.length} trained parameters for ${received.length} received`)
  const delta = new Float32Array(trained.length)
  for (let i = 0; i < delta.length; i++) delta[i] = (trained[i] as number) - (received[i] as number)
  return delta
}

/** A float32 multiplication is off by 2^-24 at most: this much shorter, the clipped delta is never longer than asked. */
const SHORTER = 1 - 2 ** -22

/** Scales the delta down, in place, until its L2 norm is at most `maxNorm`; a shorter one stays as it is. */
export const clipToNorm = (delta: Float32Array, maxNorm: number): void => {
  const norm = l2Norm(delta)
  if (norm <= maxNorm) return
  const factor = (maxNorm / norm) * SHORTER
  for (let i = 0; i < delta.length; i++) delta[i] = (delta[i] as number) * factor
}

export const l2Norm = (values: Float32Array): number => {
  let squares = 0
  for (let i = 0; i < values.length; i++) squares += (values[i] as number) ** 2
  return Math.sqrt(squares)
}
