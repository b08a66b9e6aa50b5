import { instantiateModule } from './instantiate-module.ts'
import { simdBase64 } from './simd.generated.ts'

/** What assembly/client.ts exports. Addresses are bytes, lengths count values; see there. */
export type ClientExports = {
  memory: WebAssembly.Memory
  heapBase(): number
  scale(x: number, length: number, factor: number): void
  sumSquares(x: number, length: number, lanes: number): void
  firstNonFinite(x: number, length: number): number
  addMod32(acc: number, x: number, length: number): void
  chacha20Add(acc: number, blocks: number, state: number, sign: number): void
  quantize(x: number, randoms: number, out: number, length: number, scale: number, limit: number): void
}

/** What assembly/index.ts exports. */
export type SimdExports = ClientExports & {
  addScaled(acc: number, x: number, length: number, weight: number): void
  addPacked(acc: number, packed: number, length: number, bits: number): void
  subtractMod32(acc: number, x: number, length: number): void
  dequantize(levels: number, out: number, length: number, step: number): void
}

/** The module's exports, or undefined where the engine cannot run it: see `instantiateModule`. */
export async function instantiateSimd(): Promise<SimdExports | undefined> {
  // The bytes are our own compile, held equal to the assembly sources by a test.
  return (await instantiateModule(simdBase64)) as SimdExports | undefined
}
