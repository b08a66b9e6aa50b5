/** Coordinates of a rotated vector: the next power of two. */
export const rotatedLength = (length: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, length)))
