/** Images of single handwritten digits and who wrote them: the one shape every digit loader returns. */

export const IMAGE_SIDE = 28
export const IMAGE_PIXELS = IMAGE_SIDE * IMAGE_SIDE
export const DIGIT_CLASSES = 10

/**
 * Where a hand comes from. MNIST mixes two populations: census employees (NIST series 0) and
 * high-school students (series 4), a natural shift between clients; `generated` hands are drawn by program.
 */
export type Series = 'employee' | 'student' | 'generated'

export type Writer = { readonly id: string; readonly series: Series }

/** One writer's digits: a natural client. `images` is rows × 784 bytes, row-major, 0 paper to 255 ink. */
export type WriterDigits = Writer & { readonly images: Uint8Array; readonly labels: Uint8Array }

/** Digits of many writers. `writerOf[row]` is an index into `writers`. */
export type DigitSet = {
  readonly images: Uint8Array
  readonly labels: Uint8Array
  readonly writerOf: Uint16Array
  readonly writers: readonly Writer[]
}

/** Natural clients and digits of other writers to judge by; nobody is in both. */
export type DigitPopulation = {
  /** Training writers in a fixed order. */
  readonly clients: readonly WriterDigits[]
  readonly heldOut: DigitSet
}

/** Bytes 0..255 as Float32 in [0, 1], in the same order. Made per client: four times the memory. */
export const asFloat32 = (images: Uint8Array): Float32Array => {
  const values = new Float32Array(images.length)
  for (let i = 0; i < images.length; i++) values[i] = (images[i] ?? 0) / 255
  return values
}

/** The set cut by writer, in the order of `set.writers`; a writer's rows keep their order. */
export const splitByWriter = (set: DigitSet): WriterDigits[] => {
  const rows = set.writers.map((): number[] => [])
  for (const [row, writer] of set.writerOf.entries()) rows[writer]?.push(row)
  return set.writers.map((writer, i) => takeRows(set, writer, rows[i] ?? []))
}

/**
 * Writers' digits joined into one set, in the order given: what central training sees.
 * @throws RangeError for more than 65,535 writers.
 */
export const joinWriters = (writers: readonly WriterDigits[]): DigitSet => {
  if (writers.length > 65_535)
    throw new RangeError(`a digit set has at most 65535 writers, not ${writers.length}`)
  const rows = writers.reduce((sum, writer) => sum + writer.labels.length, 0)
  const images = new Uint8Array(rows * IMAGE_PIXELS)
  const labels = new Uint8Array(rows)
  const writerOf = new Uint16Array(rows)
  let row = 0
  for (const [index, writer] of writers.entries()) {
    images.set(writer.images, row * IMAGE_PIXELS)
    labels.set(writer.labels, row)
    writerOf.fill(index, row, row + writer.labels.length)
    row += writer.labels.length
  }
  return { images, labels, writerOf, writers: writers.map(({ id, series }) => ({ id, series })) }
}

const takeRows = (
  from: { readonly images: Uint8Array; readonly labels: Uint8Array },
  { id, series }: Writer,
  rows: readonly number[],
): WriterDigits => {
  const images = new Uint8Array(rows.length * IMAGE_PIXELS)
  for (const [to, row] of rows.entries())
    images.set(from.images.subarray(row * IMAGE_PIXELS, (row + 1) * IMAGE_PIXELS), to * IMAGE_PIXELS)
  return { id, series, images, labels: Uint8Array.from(rows, (row) => from.labels[row] ?? 0) }
}
