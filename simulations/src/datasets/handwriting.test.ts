import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { IMAGE_PIXELS, IMAGE_SIDE, splitByWriter, type WriterDigits } from './digit-set.ts'
import { generateWriters } from './handwriting.ts'

const SMALL = { writers: 6, heldOutWriters: 4, seed: 11, digitsPerWriter: { min: 20, max: 30 } }
const rowsOf = ({ images, labels }: WriterDigits) =>
  Array.from(labels, (_, row) => images.subarray(row * IMAGE_PIXELS, (row + 1) * IMAGE_PIXELS))

describe('generated handwriting', () => {
  it('is the same bytes for the same seed and others for another', () => {
    const { clients, heldOut } = generateWriters(SMALL)
    const again = generateWriters(SMALL)
    expect([digestOf(clients), digestOf([heldOut])]).toEqual([
      digestOf(again.clients),
      digestOf([again.heldOut]),
    ])
    expect(digestOf(generateWriters({ ...SMALL, seed: 12 }).clients)).not.toBe(digestOf(clients))
  })

  it('of a larger population begins with the smaller one, and the held-out writers stay', () => {
    const small = generateWriters(SMALL)
    const large = generateWriters({ ...SMALL, writers: 9 })
    expect(digestOf(large.clients.slice(0, 6))).toBe(digestOf(small.clients))
    expect(digestOf([large.heldOut])).toBe(digestOf([small.heldOut]))
  })

  it('gives each writer a count of digits within the range', () => {
    const counts = generateWriters({ ...SMALL, writers: 30 }).clients.map(({ labels }) => labels.length)
    expect(counts.every((count) => count >= 20 && count <= 30)).toBe(true)
    expect(new Set(counts).size).toBeGreaterThan(3)
  })

  it('holds out writers who do not train', () => {
    const { clients, heldOut } = generateWriters(SMALL)
    const training = new Set(clients.map(({ id }) => id))
    expect(heldOut.writers.map(({ id }) => training.has(id))).toEqual([false, false, false, false])
    const seen = new Set(clients.flatMap(rowsOf).map((image) => image.toString()))
    const repeated = splitByWriter(heldOut)
      .flatMap(rowsOf)
      .filter((image) => seen.has(image.toString()))
    expect(repeated).toEqual([])
  })

  it('never repeats a digit', () => {
    const images = generateWriters(SMALL).clients.flatMap(rowsOf)
    expect(new Set(images.map((image) => image.toString())).size).toBe(images.length)
  })

  it('is framed as MNIST frames: ink within 20 pixels, its centre of mass within a pixel of the middle', () => {
    const framed = generateWriters(SMALL).clients.flatMap(rowsOf).map(frame)
    expect(Math.max(...framed.map(({ longest }) => longest))).toBeLessThanOrEqual(20)
    expect(Math.min(...framed.map(({ longest }) => longest))).toBeGreaterThanOrEqual(16)
    expect(Math.max(...framed.map(({ offCentre }) => offCentre))).toBeLessThanOrEqual(1)
  })

  it('varies more between writers than within one', () => {
    const { clients } = generateWriters({ ...SMALL, writers: 12, digitsPerWriter: { min: 60, max: 60 } })
    const perWriter = clients.map((client) => rowsOf(client).filter((_, row) => client.labels[row] === 7))
    const [within, across] = [pairs(perWriter), pairs([perWriter.flat()])].map(meanDistance)
    expect(within).toBeLessThan(0.85 * (across ?? 0))
  })

  it('keeps its bytes from version to version, whatever the machine', () => {
    expect(digestOf(generateWriters(SMALL).clients)).toBe(
      'c37133443a5779aead39fc72ec75267c39bb46a577d095eb36af6ce8061118b8',
    )
  })

  it.each([
    [{ writers: 0 }, 'writers must be a whole number from 1'],
    [{ writers: 2.5 }, 'not 2.5'],
    [{ heldOutWriters: 0 }, 'heldOutWriters must be'],
    [{ digitsPerWriter: { min: 9, max: 3 } }, 'not 9 to 3'],
  ])('refuses %o', (wrong, reason) => {
    expect(() => generateWriters({ ...SMALL, ...wrong })).toThrow(reason)
  })
})

const digestOf = (sets: readonly { images: Uint8Array; labels: Uint8Array }[]): string => {
  const digest = createHash('sha256')
  for (const { images, labels } of sets) digest.update(images).update(labels)
  return digest.digest('hex')
}

const frame = (image: Uint8Array) => {
  const inked = [...image.keys()].filter((at) => (image[at] ?? 0) > 0)
  const [xs, ys] = [inked.map((at) => at % IMAGE_SIDE), inked.map((at) => Math.floor(at / IMAGE_SIDE))]
  const mass = image.reduce((sum, ink) => sum + ink, 0)
  const mean = (along: (at: number) => number) =>
    inked.reduce((sum, at) => sum + along(at) * (image[at] ?? 0), 0) / mass
  return {
    longest: 1 + Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)),
    offCentre: Math.max(
      Math.abs(mean((at) => at % IMAGE_SIDE) - 13.5),
      Math.abs(mean((at) => Math.floor(at / IMAGE_SIDE)) - 13.5),
    ),
  }
}

const pairs = (groups: readonly (readonly Uint8Array[])[]) =>
  groups.flatMap((group) => group.flatMap((a, i) => group.slice(i + 1).map((b) => [a, b] as const)))

const meanDistance = (all: readonly (readonly [Uint8Array, Uint8Array])[]): number =>
  all.reduce((sum, [a, b]) => sum + a.reduce((total, ink, at) => total + (ink - (b[at] ?? 0)) ** 2, 0), 0) /
  all.length
