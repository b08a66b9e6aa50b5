/** Bytes of so many values of so many bits. Apart from the packing itself, which every client would else load at once. */
export const packedBytes = (length: number, bits: number): number => Math.ceil((length * bits) / 8)
