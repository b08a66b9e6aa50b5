/** A complex vector in two real ones. */
export type Complex = { re: Float64Array; im: Float64Array }

/**
 * The discrete Fourier transform in place, Σ x[n] e^{-2πi kn/N}; N a power of two (Cooley and Tukey 1965, radix 2).
 * Twiddles are computed one by one, not by recurrence, so the error grows as ε·log₂N and no faster.
 */
export const transform = ({ re, im }: Complex): void => {
  const { length } = re
  if (length < 1 || (length & (length - 1)) !== 0 || im.length !== length)
    throw new RangeError(`fourier: length must be a power of two, not ${length}`)
  reverseBits(re, im)
  const cosines = new Float64Array(length / 2)
  const sines = new Float64Array(length / 2)
  for (let k = 0; k < length / 2; k++) {
    cosines[k] = Math.cos((2 * Math.PI * k) / length)
    sines[k] = -Math.sin((2 * Math.PI * k) / length)
  }
  for (let half = 1; half < length; half *= 2) butterflies(re, im, half, cosines, sines)
}

/** The inverse of `transform`, in place: conj(transform(conj(x))) / N. */
export const inverseTransform = (values: Complex): void => {
  const { re, im } = values
  const { length } = re
  for (let i = 0; i < length; i++) im[i] = -(im[i] ?? 0)
  transform(values)
  for (let i = 0; i < length; i++) {
    re[i] = (re[i] ?? 0) / length
    im[i] = -(im[i] ?? 0) / length
  }
}

function butterflies(
  re: Float64Array,
  im: Float64Array,
  half: number,
  cosines: Float64Array,
  sines: Float64Array,
): void {
  const stride = re.length / (2 * half)
  for (let start = 0; start < re.length; start += 2 * half)
    for (let k = 0; k < half; k++) {
      const [a, b] = [start + k, start + k + half]
      const [wr, wi] = [cosines[k * stride] ?? 0, sines[k * stride] ?? 0]
      const [br, bi] = [re[b] ?? 0, im[b] ?? 0]
      const [tr, ti] = [br * wr - bi * wi, br * wi + bi * wr]
      const [ar, ai] = [re[a] ?? 0, im[a] ?? 0]
      re[a] = ar + tr
      im[a] = ai + ti
      re[b] = ar - tr
      im[b] = ai - ti
    }
}

function reverseBits(re: Float64Array, im: Float64Array): void {
  const { length } = re
  for (let i = 1, j = 0; i < length; i++) {
    let bit = length >> 1
    for (; j & bit; bit >>= 1) j ^= bit
    j ^= bit
    if (i >= j) continue
    const [r, m] = [re[i] ?? 0, im[i] ?? 0]
    re[i] = re[j] ?? 0
    im[i] = im[j] ?? 0
    re[j] = r
    im[j] = m
  }
}
