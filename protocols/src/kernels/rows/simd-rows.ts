import type { Arena } from '../arena.ts'
import { copyIn, copyOut, tileLength, type Workspace } from '../workspace.ts'
import { gramTileLength } from './gram-tiles.ts'
import { requireRows, requireTrim } from './row-checks.ts'
import type { RowKernels } from './row-kernels.ts'
import type { RowsExports } from './rows-module.ts'
import { middleRanks, rankNetwork } from './sorting-network.ts'

type Rows = readonly Float32Array[]

/** Bytes of rows brought in at a time by the median: half a typical second-level cache. */
const rowTileBytes = 256 * 1024

/** The kernels that see all rows at once. Rows are copied in by tiles of columns; scratch memory is freed on return. */
export function simdRowKernels(workspace: Workspace<RowsExports>): RowKernels {
  return {
    coordinateMedian(rows, out) {
      requireRows('coordinateMedian', rows, out.length)
      meanOfRanks(workspace, rows, middleRanks(rows.length), out)
    },
    trimmedMean(rows, trim, out) {
      requireRows('trimmedMean', rows, out.length)
      requireTrim(trim, rows.length)
      meanOfRanks(workspace, rows, [trim, rows.length - 1 - trim], out)
    },
    gram: (rows) => gram(workspace, rows),
  }
}

function meanOfRanks(
  { simd, arena, tiles: [result] }: Workspace<RowsExports>,
  rows: Rows,
  [first, last]: [number, number],
  out: Float32Array,
): void {
  const network = rankNetwork(rows.length, first, last)
  const columns = columnsPerTile(rows.length)
  withScratch(arena, (take) => {
    const pairs = take(network.length * 8)
    const pairsEnd = pairs + network.length * 8
    const work = take(rows.length * 64)
    const tile = take(rows.length * columns * 4)
    arena.words().set(
      network.flatMap(([low, high]) => [low * 64, high * 64]),
      pairs / 4,
    )
    for (let from = 0; from < out.length; from += columns) {
      const to = Math.min(from + columns, out.length)
      rows.forEach((row, i) => {
        copyIn(arena, tile + i * columns * 4, row, from, to)
      })
      simd.meanOfRanks(tile, rows.length, columns * 4, to - from, pairs, pairsEnd, first, last, work, result)
      copyOut(arena, result, out, from, to)
    }
  })
}

/** A multiple of 16 that divides no more than a tile, so that the result fits the tile it passes through. */
function columnsPerTile(rows: number): number {
  const fitting = Math.floor(rowTileBytes / (rows * 64)) * 16
  return Math.min(Math.max(fitting, 16), tileLength)
}

function gram({ simd, arena }: Workspace<RowsExports>, rows: Rows): Float64Array {
  const length = rows[0]?.length ?? 0
  requireRows('gram', rows, length)
  const padded = Math.ceil(rows.length / 3) * 3
  // One cache line more than the tile: rows a power of two apart would fight over the same lines of the cache.
  const stride = gramTileLength * 4 + 64
  return withScratch(arena, (take) => {
    const tile = take(padded * stride)
    const out = take(padded * padded * 8)
    for (let from = 0; from < length; from += gramTileLength) {
      const to = Math.min(from + gramTileLength, length)
      const columns = Math.ceil((to - from) / 4) * 4
      rows.forEach((row, i) => {
        const address = tile + i * stride
        copyIn(arena, address, row, from, to)
        arena.floats().fill(0, address / 4 + to - from, address / 4 + columns)
      })
      simd.gramTile(tile, padded, stride, columns, out)
    }
    return symmetric(arena.doubles().subarray(out / 8, out / 8 + padded * padded), padded, rows.length)
  })
}

/** The first `count` rows and columns of a matrix `width` wide, its lower triangle filled from the upper. */
function symmetric(upper: Float64Array, width: number, count: number): Float64Array {
  const full = new Float64Array(count * count)
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) full[i * count + j] = upper[Math.min(i, j) * width + Math.max(i, j)] ?? 0
  }
  return full
}

/** Zeroed blocks for the duration of one call. */
function withScratch<T>(arena: Arena, use: (take: (bytes: number) => number) => T): T {
  const blocks: number[] = []
  try {
    return use((bytes) => {
      const address = arena.allocate(bytes)
      blocks.push(address)
      return address
    })
  } finally {
    for (const address of blocks) arena.free(address)
  }
}
