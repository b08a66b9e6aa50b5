import { describe, expect, test } from 'vitest'
import { rowsOf } from '../dataset.builders.ts'
import { declaredSize } from './declared-size.ts'
import { encodeImage, fromImages } from './from-images.ts'
import type { Pixels } from './pixels.ts'

/** One pixel an entry: red, green, blue, alpha. */
const pixels = (width: number, ...of: (readonly [number, number, number, number])[]): Pixels => ({
  data: Uint8ClampedArray.from(of.flat()),
  width,
  height: of.length / width,
})
const [red, white, black, clear] = [
  [255, 0, 0, 255],
  [255, 255, 255, 255],
  [0, 0, 0, 255],
  [255, 255, 255, 0],
] as const

describe('pixels', () => {
  test('are values from 0 to 1, by channels or grey', async () => {
    expect([...(await encodeImage(pixels(2, red, white), { shape: [1, 2, 3] }))]).toEqual([1, 0, 0, 1, 1, 1])
    const [grey, one, none] = await encodeImage(pixels(3, red, white, clear), { shape: [1, 3, 1] })
    expect(grey).toBeCloseTo(0.299, 6)
    expect([one, none]).toEqual([1, 0])
  })

  test('are means over what each square covers, whatever the sizes', async () => {
    const board = pixels(4, ...Array.from({ length: 16 }, (_, i) => ((i + (i >> 2)) % 2 ? white : black)))
    for (const value of await encodeImage(board, { shape: [2, 2, 1] })) expect(value).toBeCloseTo(0.5, 6)
    const [left, right] = await encodeImage(pixels(3, white, white, black), { shape: [1, 2, 1] })
    expect([left, right].map((value) => Number(value?.toFixed(6)))).toEqual([1, 0.333333])
    expect([...(await encodeImage(pixels(1, white), { shape: [2, 2, 1] }))]).toEqual([1, 1, 1, 1])
  })

  test('come 32 at a time, with classes and keys', async () => {
    const images = Array.from({ length: 70 }, (_, i) => ({
      image: () => pixels(1, i % 2 ? white : black),
      label: i % 2,
      key: `${i}`,
    }))
    const sizes: number[] = []
    for await (const { rows } of fromImages(images, { shape: [1, 1, 1] })) sizes.push(rows)
    expect(sizes).toEqual([32, 32, 6])
    expect((await rowsOf(fromImages(images, { shape: [1, 1, 1] }))).slice(0, 2)).toEqual([
      [0, 0, '0'],
      [1, 1, '1'],
    ])
  })

  test.each<[string, Parameters<typeof fromImages>[0], RegExp]>([
    [
      'of 50,000 × 50,000',
      [{ image: { data: new Uint8Array(4), width: 50_000, height: 50_000 }, label: 0 }],
      /image 1 says that it is 50000 × 50000 pixels, more than 67108864/,
    ],
    [
      'fewer than they say',
      [{ image: { data: new Uint8Array(4), width: 2, height: 1 }, label: 0 }],
      /has 4 bytes for 2 × 1/,
    ],
    [
      'of no size',
      [{ image: { data: new Uint8Array(0), width: 0, height: 1 }, label: 0 }],
      /which is no size/,
    ],
    ['without a class', [{ image: pixels(1, white), label: Number.NaN }], /a label that is no class/],
    ['in a file, in Node', [{ image: new Blob(['x']), label: 0 }], /which Node does not decode/],
  ])('%s are refused by the image’s number', async (_, images, message) => {
    await expect(rowsOf(fromImages(images, { shape: [1, 1, 1] }))).rejects.toMatchObject({
      code: 'bad-examples',
      message: expect.stringMatching(message),
    })
  })
})

describe('a file’s head says its size', () => {
  const bytes = (text: string, ...more: number[]) =>
    Uint8Array.from([...[...text].map((letter) => letter.charCodeAt(0)), ...more])

  test.each([
    ['PNG', bytes('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 0, 0, 0xc3, 0x50, 0, 0, 0xc3, 0x50), 50_000, 50_000],
    ['GIF', bytes('GIF89a', 0x2c, 1, 0xc8, 0), 300, 200],
    [
      'JPEG',
      bytes('\xff\xd8\xff\xe0\0\x04xx\xff\xc4\0\x03y\xff\xff\xc2\0\x11\x08', 0, 200, 1, 44, 3),
      300,
      200,
    ],
    ['lossy WebP', bytes('RIFF....WEBPVP8 ....\0\0\0\x9d\x01\x2a', 0x2c, 1, 0xc8, 0), 300, 200],
    ['lossless WebP', bytes('RIFF....WEBPVP8L....\x2f', 0x2b, 0xc1, 0x31, 0, 0, 0, 0, 0, 0), 300, 200],
    ['extended WebP', bytes('RIFF....WEBPVP8X....\0\0\0\0', 0x2b, 1, 0, 0xc7, 0, 0), 300, 200],
  ])('%s', (_, head, width, height) => {
    expect(declaredSize(head)).toEqual({ width, height })
    for (let cut = 0; cut < head.length - 1; cut++) declaredSize(head.subarray(0, cut)) // throws nothing
  })

  test.each([
    ['text', bytes('hello, this is no image at all, but text of some length')],
    ['SVG', bytes('<svg width="50000" height="50000">')],
    [
      'a JPEG that goes in circles',
      bytes('\xff\xd8', ...Array.from({ length: 60 }, () => [0xff, 0xe0, 0, 0]).flat()),
    ],
    ['nothing', new Uint8Array(0)],
  ])('%s does not', (_, head) => {
    expect(declaredSize(head)).toBeUndefined()
  })
})
