import { simdBase64 } from './simd.generated.ts'

/** What assembly/index.ts exports. Addresses are bytes, lengths count values; see there. */
export type SimdExports = {
  memory: WebAssembly.Memory
  heapBase(): number
  addScaled(acc: number, x: number, length: number, weight: number): void
  scale(x: number, length: number, factor: number): void
  sumSquares(x: number, length: number, lanes: number): void
  firstNonFinite(x: number, length: number): number
  addMod32(acc: number, x: number, length: number): void
  addPacked(acc: number, packed: number, length: number, bits: number): void
  subtractMod32(acc: number, x: number, length: number): void
  chacha20Add(acc: number, blocks: number, state: number, sign: number): void
  quantize(x: number, randoms: number, out: number, length: number, scale: number, limit: number): void
  dequantize(levels: number, out: number, length: number, step: number): void
  meanOfRanks(
    tile: number,
    rows: number,
    stride: number,
    columns: number,
    network: number,
    networkEnd: number,
    first: number,
    last: number,
    work: number,
    out: number,
  ): void
  gramTile(tile: number, rows: number, stride: number, columns: number, out: number): void
}

/**
 * Compiles and instantiates the module. Undefined where the engine has no WebAssembly, no SIMD, or may not compile (a
 * page's content security policy without 'wasm-unsafe-eval').
 */
export async function instantiateSimd(): Promise<SimdExports | undefined> {
  const bytes = decodeBase64(simdBase64)
  if (typeof WebAssembly === 'undefined' || !WebAssembly.validate(bytes)) return undefined
  const instantiated = await WebAssembly.instantiate(bytes).catch((error: unknown) => {
    if (error instanceof WebAssembly.CompileError) return undefined
    throw error
  })
  // The bytes are our own compile, held equal to the assembly sources by a test.
  return instantiated?.instance.exports as SimdExports | undefined
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}
