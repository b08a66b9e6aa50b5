/**
 * Philox 4×32, ten rounds: 128 random bits for each 128-bit counter under a 64-bit key. Salmon, Moraes, Dror and Shaw 2011, "Parallel
 * random numbers: as easy as 1, 2, 3". Chance that is looked up rather than drawn: what befalls client 7 in round 9 is known without
 * anything before it, in any order, and nothing is kept. Not for keys.
 */
export const philox = (
  key: readonly [number, number],
  counter: readonly [number, number, number, number],
): [number, number, number, number] => {
  let [a, b, c, d] = counter
  let [left, right] = key
  for (let round = 0; round < 10; round++) {
    const [highA, highC] = [highOfProduct(a, 0xd2511f53), highOfProduct(c, 0xcd9e8d57)]
    const [lowA, lowC] = [Math.imul(a, 0xd2511f53), Math.imul(c, 0xcd9e8d57)]
    a = (highC ^ b ^ left) >>> 0
    b = lowC >>> 0
    c = (highA ^ d ^ right) >>> 0
    d = lowA >>> 0
    left = (left + 0x9e3779b9) >>> 0
    right = (right + 0xbb67ae85) >>> 0
  }
  return [a, b, c, d]
}

/** The upper 32 bits of the product of two uint32. */
const highOfProduct = (a: number, b: number): number => {
  const [highA, lowA, highB, lowB] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff]
  const middle = highA * lowB + ((lowA * lowB) >>> 16)
  const other = lowA * highB + (middle & 0xffff)
  return (highA * highB + Math.floor(middle / 0x10000) + Math.floor(other / 0x10000)) >>> 0
}
