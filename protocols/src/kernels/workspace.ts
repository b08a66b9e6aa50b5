import { type Arena, createArena } from './arena.ts'
import { laneCount } from './lanes.ts'
import type { SimdExports } from './simd-module.ts'

/**
 * Values copied into WebAssembly memory at a time: two tiles of 16 KiB stay in the first-level cache, and the copy in
 * front of each kernel costs almost nothing.
 */
export const tileLength = 4096

/** One SIMD module with its arena and the fixed places where vectors from JavaScript memory pass through. */
export type Workspace<Exports extends InMemory = SimdExports> = {
  simd: Exports
  arena: Arena
  /** Addresses of three tiles, and of the eight float64 of `lanes.ts`. */
  tiles: readonly [number, number, number]
  lanes: number
}

type InMemory = Pick<SimdExports, 'memory' | 'heapBase'>

export function createWorkspace<Exports extends InMemory>(simd: Exports): Workspace<Exports> {
  const arena = createArena(simd.memory, simd.heapBase())
  const tile = () => arena.allocate(tileLength * 4)
  return { simd, arena, tiles: [tile(), tile(), tile()], lanes: arena.allocate(laneCount * 8) }
}

/** Visits [from, to) of a vector of this length, a tile at a time. */
export function eachTile(length: number, visit: (from: number, to: number) => void): void {
  for (let from = 0; from < length; from += tileLength) visit(from, Math.min(from + tileLength, length))
}

export function copyIn(arena: Arena, address: number, x: Float32Array, from: number, to: number): void {
  arena.floats().set(x.subarray(from, to), address / 4)
}

export function copyOut(arena: Arena, address: number, x: Float32Array, from: number, to: number): void {
  x.set(arena.floats().subarray(address / 4, address / 4 + to - from), from)
}

export function copyWordsIn(arena: Arena, address: number, x: Uint32Array, from: number, to: number): void {
  arena.words().set(x.subarray(from, to), address / 4)
}

export function copyWordsOut(arena: Arena, address: number, x: Uint32Array, from: number, to: number): void {
  x.set(arena.words().subarray(address / 4, address / 4 + to - from), from)
}

/** The same memory read as uint32: signed levels are elements of the ring modulo 2³². */
export function asWords(x: Int32Array): Uint32Array {
  return new Uint32Array(x.buffer, x.byteOffset, x.length)
}
