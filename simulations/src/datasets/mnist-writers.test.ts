import { describe, expect, it } from 'vitest'
import { dataUnderTest } from './data-under-test.ts'
import { asFloat32, IMAGE_PIXELS, joinWriters, splitByWriter, type WriterDigits } from './digit-set.ts'
import { anIdx } from './idx-fixture.ts'
import { joinRows, loadMnistWriters } from './mnist-writers.ts'

const ROWS = { name: 'small set', rows: 3 }
const images = anIdx({
  shape: [3, 28, 28],
  values: Array.from({ length: 3 * IMAGE_PIXELS }, (_, i) => Math.floor(i / IMAGE_PIXELS) * 51),
})
const labels = anIdx({ shape: [3], values: [5, 0, 4] })
const writersTsv = (...rows: [label: number, series: number, writer: number][]) =>
  new TextEncoder().encode(rows.map((row) => `${row.join('\t')}\t0\t30\t0\t0\t0\n`).join(''))

describe('rows of images, labels and writers', () => {
  it('are joined by position and cut into one client a writer', () => {
    const set = joinRows(ROWS, images, labels, writersTsv([5, 4, 2154], [0, 0, 7], [4, 4, 2154]))
    const summary = splitByWriter(set).map(({ images, labels, ...writer }) => ({
      ...writer,
      labels: [...labels],
      firstPixels: Array.from(labels, (_, row) => images[row * IMAGE_PIXELS]),
    }))
    expect(summary).toEqual([
      { id: 'writer-0007', series: 'employee', labels: [0], firstPixels: [51] },
      { id: 'writer-2154', series: 'student', labels: [5, 4], firstPixels: [0, 102] },
    ])
  })

  it('joined again from writers hold the same digits', () => {
    const writers = splitByWriter(
      joinRows(ROWS, images, labels, writersTsv([5, 4, 2154], [0, 0, 7], [4, 4, 2154])),
    )
    expect(splitByWriter(joinWriters(writers))).toEqual(writers)
  })

  it('that disagree on a digit are refused at that row', () => {
    const join = () => joinRows(ROWS, images, labels, writersTsv([5, 4, 2154], [1, 0, 7], [4, 4, 2154]))
    expect(join).toThrow('row 1 is a 0 by its label and a 1 by its writer')
  })

  it.each([
    ['too few', writersTsv([5, 4, 2154], [0, 0, 7]), 'line 3'],
    ['of another series', writersTsv([5, 4, 2154], [0, 1, 7], [4, 4, 1]), 'line 2: NIST series 1'],
    ['not numbers', new TextEncoder().encode('5\t4\twriter\t0\t0\t0\t0\t0'), 'line 1: expected 8'],
  ])('whose writer rows are %s are refused', (_, tsv, reason) => {
    expect(() => joinRows(ROWS, images, labels, tsv)).toThrow(reason)
  })

  it('become floats in [0, 1]', () => {
    expect([...asFloat32(Uint8Array.of(0, 51, 255))]).toEqual([0, Math.fround(0.2), 1])
  })
})

const { folder, present, note } = dataUnderTest()

describe.skipIf(!present)(`MNIST by writer${note}`, async () => {
  const { clients, heldOut } = present ? await loadMnistWriters(folder) : { clients: [], heldOut: undefined }

  it('has 539 training writers with 19 to 131 digits, median 116', () => {
    const sizes = clients.map(({ labels }) => labels.length).sort((a, b) => a - b)
    expect([sizes.length, sizes[0], sizes[269], sizes[538]]).toEqual([539, 19, 116, 131])
  })

  it('has 289 employees with 30,950 digits and 250 students with 29,050', () => {
    expect([ofSeries(clients, 'employee'), ofSeries(clients, 'student')]).toEqual([
      { writers: 289, digits: 30_950 },
      { writers: 250, digits: 29_050 },
    ])
  })

  it('holds out 10,000 digits of 297 writers who never train', () => {
    const training = new Set(clients.map(({ id }) => id))
    expect(heldOut?.labels.length).toBe(10_000)
    expect(heldOut?.writers.length).toBe(297)
    expect(heldOut?.writers.filter(({ id }) => training.has(id))).toEqual([])
  })

  it('has the class counts of MNIST', () => {
    const counts = (labels: Iterable<number>) => {
      const perClass = new Array<number>(10).fill(0)
      for (const label of labels) perClass[label] = (perClass[label] ?? 0) + 1
      return perClass
    }
    expect(counts(joinWriters(clients).labels)).toEqual([
      5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ])
    expect(counts(heldOut?.labels ?? [])).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
  })
})

const ofSeries = (clients: readonly WriterDigits[], series: WriterDigits['series']) => {
  const chosen = clients.filter((client) => client.series === series)
  return { writers: chosen.length, digits: chosen.reduce((sum, { labels }) => sum + labels.length, 0) }
}
