/** Measures the vector kernels. Run: node --conditions=source tests/bench/kernels.ts */
import { fileURLToPath } from 'node:url'
import { chacha20 } from '@noble/ciphers/chacha.js'
import {
  type CohortKernels,
  loadCohortKernels,
  plainCohortKernels,
} from '@tributary/protocols/cohort-kernels'
import { type BenchRow, formatBenchRows } from './bench-row.ts'
import { interleave } from './interleave.ts'

const length = 1_000_000

export async function benchKernels(): Promise<BenchRow[]> {
  const kernels = await loadCohortKernels()
  return [
    ...benchFold(kernels),
    ...benchArrays(kernels),
    ...benchMasks(kernels),
    ...benchMedian(kernels),
    ...benchGram(kernels),
  ]
}

function benchFold(kernels: CohortKernels): BenchRow[] {
  const x = randomVector(length)
  const copy = new Float32Array(length)
  const [sum, update, plainSum] = [
    kernels.accumulator(length),
    kernels.accumulator(length),
    plainCohortKernels.accumulator(length),
  ]
  update.assign(x)
  const ms = interleave(101, {
    copy: () => copy.set(x),
    fold: () => sum.addScaled(update, 0.001),
    array: () => sum.addScaled(x, 0.001),
    plain: () => plainSum.addScaled(x, 0.001),
  })
  sum.release()
  update.release()
  const of = 'a bare copy'
  return [
    {
      name: 'fold 1M float32, update assigned to kernel memory',
      value: ms.fold,
      unit: 'ms',
      ratio: { of, value: ms.fold / ms.copy, aim: '≤ 1.3' },
      note: `${kernels.name} kernels; Float32Array.set takes ${ms.copy.toFixed(3)} ms`,
    },
    {
      name: 'fold 1M float32 from an array',
      value: ms.array,
      unit: 'ms',
      ratio: { of, value: ms.array / ms.copy },
      note: 'holds a copy of the array into kernel memory',
    },
    {
      name: 'fold 1M float32 as a JS loop',
      value: ms.plain,
      unit: 'ms',
      ratio: { of, value: ms.plain / ms.copy },
    },
  ]
}

function benchArrays(kernels: CohortKernels): BenchRow[] {
  const x = randomVector(length)
  const acc = new Float32Array(length)
  const small = x.subarray(0, 100_000)
  const words = new Uint32Array(length)
  const addend = crypto32(length)
  const levels = new Int32Array(length)
  const quantization = { scale: 1024, limit: 2 ** 20, randoms: addend }
  const calls: Record<string, (chosen: CohortKernels) => unknown> = {
    'firstNonFinite of 100K': (chosen) => chosen.firstNonFinite(small),
    'norm of 1M': (chosen) => chosen.norm(x),
    'axpy of 1M, arrays in JS memory': (chosen) => chosen.axpy(acc, x, 0.001),
    'scale of 1M': (chosen) => chosen.scale(acc, 0.999),
    'addMod32 of 1M': (chosen) => chosen.addMod32(words, addend),
    'quantize 1M': (chosen) => chosen.quantize(x, quantization, levels),
    'dequantize 1M': (chosen) => chosen.dequantize(levels, 2 ** -10, acc),
  }
  return Object.entries(calls).map(([name, call]) => {
    const ms = interleave(51, { fast: () => call(kernels), plain: () => call(plainCohortKernels) })
    const ratio = { of: 'plain', value: ms.fast / ms.plain }
    return { name, value: ms.fast, unit: 'ms', ratio }
  })
}

function benchMasks(kernels: CohortKernels): BenchRow[] {
  const key = crypto.getRandomValues(new Uint8Array(32))
  const nonce = new Uint8Array(12)
  const zeros = new Uint8Array(length * 4)
  const keystream = new Uint8Array(length * 4)
  const acc = new Uint32Array(length)
  const resident = kernels.modularAccumulator(length)
  const ms = interleave(15, {
    fused: () => resident.addMask({ key, sign: 1 }),
    array: () => kernels.chacha20Add(acc, { key, sign: 1 }),
    noble: () => {
      chacha20(key, nonce, zeros, keystream)
      plainCohortKernels.addMod32(acc, new Uint32Array(keystream.buffer))
    },
  })
  resident.release()
  const gigabytes = (length * 4) / 1e6
  const noble = 'noble and a JS addition (speed)'
  return [
    {
      name: 'ChaCha20 mask added to an accumulator, 4 MB',
      value: gigabytes / ms.fused,
      unit: 'GB/s',
      ratio: { of: noble, value: ms.noble / ms.fused },
    },
    {
      name: 'ChaCha20 mask added to an array, 4 MB',
      value: gigabytes / ms.array,
      unit: 'GB/s',
      ratio: { of: noble, value: ms.noble / ms.array },
    },
  ]
}

function benchMedian(kernels: CohortKernels): BenchRow[] {
  const rows = Array.from({ length: 50 }, () => randomVector(length))
  const out = new Float32Array(length)
  const ms = interleave(5, {
    median: () => kernels.coordinateMedian(rows, out),
    trimmed: () => kernels.trimmedMean(rows, 5, out),
    sort: () => medianByNativeSort(rows, out),
  })
  const sort = 'native sort'
  return [
    {
      name: 'coordinate median, 50 × 1M',
      value: ms.median,
      unit: 'ms',
      ratio: { of: sort, value: ms.median / ms.sort },
      note: 'aim ≤ 100 ms',
    },
    {
      name: 'trimmed mean (10 % each end), 50 × 1M',
      value: ms.trimmed,
      unit: 'ms',
      ratio: { of: sort, value: ms.trimmed / ms.sort },
    },
  ]
}

/** Float32Array.sort per column, the columns gathered by tiles so that the cache is not to blame. */
function medianByNativeSort(rows: readonly Float32Array[], out: Float32Array): void {
  const count = rows.length
  const tile = 256
  const columns = new Float32Array(count * tile)
  for (let from = 0; from < out.length; from += tile) {
    const to = Math.min(from + tile, out.length)
    rows.forEach((row, r) => {
      for (let column = from; column < to; column++) columns[(column - from) * count + r] = row[column] ?? 0
    })
    for (let column = from; column < to; column++) {
      const sorted = columns.subarray((column - from) * count, (column - from + 1) * count).sort()
      out[column] = ((sorted[(count - 1) >> 1] ?? 0) + (sorted[count >> 1] ?? 0)) / 2
    }
  }
}

function benchGram(kernels: CohortKernels): BenchRow[] {
  const rows = Array.from({ length: 100 }, () => randomVector(length))
  const tenth = rows.map((row) => row.subarray(0, length / 10))
  const ms = interleave(3, {
    gram: () => kernels.gram(rows),
    plain: () => plainCohortKernels.gram(tenth),
  })
  return [
    {
      name: 'Gram matrix for Krum, 100 × 1M',
      value: ms.gram,
      unit: 'ms',
      ratio: { of: 'plain', value: ms.gram / (10 * ms.plain) },
      note: 'aim ≤ 500 ms; plain measured on 100 × 100K, taken times ten',
    },
  ]
}

function randomVector(values: number): Float32Array {
  return Float32Array.from(crypto32(values), (word) => word / 2 ** 31 - 1)
}

function crypto32(values: number): Uint32Array {
  const words = new Uint32Array(values)
  // getRandomValues fills at most 64 KiB a call.
  for (let from = 0; from < values; from += 16384) crypto.getRandomValues(words.subarray(from, from + 16384))
  return words
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(formatBenchRows(await benchKernels()))
