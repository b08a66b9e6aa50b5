import { type Batch, badExamples, type Dataset, DEFAULT_MAX_EXAMPLES, tooManyExamples } from '../dataset.ts'
import { declaredSize, HEAD_BYTES } from './declared-size.ts'
import { type ImageShape, type Pixels, writePixels } from './pixels.ts'

/** `Pixels` anywhere; a file (PNG, JPEG, GIF, WebP) or an `ImageBitmap` in browsers and their workers alone, which decode them. */
export type ImageSource = Pixels | Blob | ImageBitmap

export type LabelledImage = {
  image: ImageSource | (() => ImageSource | Promise<ImageSource>)
  /** The class's place, 0 and up. */
  label: number
  key?: string
}

export type FromImagesOptions = {
  /** Height, width, and 1 channel (grey) or 3 (red, green, blue): what the model takes. Images are scaled to it, whatever their own proportions. */
  shape: ImageShape
  /** Pixels that an image may have, by what it declares. Left out, 2^26, which is 8,192 × 8,192. */
  maxPixels?: number
  /** Images that one iteration may give. Left out, 10 million. */
  maxExamples?: number
}

const ROWS_AT_ONCE = 32

/**
 * Images with a class each, decoded 32 at a time and not kept. Values are from 0 to 1. Of an array that grows, an iteration sees what was there when it began.
 *
 * Its iterations throw TributaryError `bad-examples`, which says the number of the image, counted from 1.
 */
export const fromImages = (
  images: readonly LabelledImage[] | (() => Iterable<LabelledImage> | AsyncIterable<LabelledImage>),
  { shape, maxPixels = 2 ** 26, maxExamples = DEFAULT_MAX_EXAMPLES }: FromImagesOptions,
): Dataset => {
  const width = shape.reduce((a, b) => a * b, 1)
  if (!Number.isInteger(width) || width < 1 || width > 2 ** 24 || ![1, 3].includes(shape[2]))
    throw badExamples(`[${shape}] is no shape of an image`, 'Give height, width, and 1 or 3 channels')
  return {
    shape,
    ...(typeof images !== 'function' && { size: images.length }),
    async *[Symbol.asyncIterator]() {
      let number = 0
      let chunk: { values: Float32Array; label: number; key: string | undefined }[] = []
      for await (const { image, label, key } of typeof images === 'function' ? images() : images.slice()) {
        if (++number > maxExamples) throw tooManyExamples(maxExamples)
        if (!Number.isInteger(label) || label < 0)
          throw badExamples(
            `image ${number} has a label that is no class`,
            'Give the class’s place: 0, 1, 2, …',
          )
        const values = new Float32Array(width)
        writePixels(await pixelsOf(image, { number, maxPixels }), shape, values)
        chunk.push({ values, label, key })
        if (chunk.length < ROWS_AT_ONCE) continue
        yield batchOf(chunk, width)
        chunk = []
      }
      if (chunk.length > 0) yield batchOf(chunk, width)
    },
  }
}

/** The model's input for one image, for predictions. @throws TributaryError `bad-examples`. */
export const encodeImage = async (
  image: ImageSource,
  { shape, maxPixels = 2 ** 26 }: Pick<FromImagesOptions, 'shape' | 'maxPixels'>,
): Promise<Float32Array> => {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1))
  writePixels(await pixelsOf(image, { number: 1, maxPixels }), shape, values)
  return values
}

const batchOf = (
  chunk: readonly { values: Float32Array; label: number; key: string | undefined }[],
  width: number,
): Batch => {
  const inputs = new Float32Array(chunk.length * width)
  for (const [row, { values }] of chunk.entries()) inputs.set(values, row * width)
  const keys = chunk.flatMap(({ key }) => (key === undefined ? [] : [key]))
  return {
    inputs,
    targets: Int32Array.from(chunk, ({ label }) => label),
    rows: chunk.length,
    ...(keys.length === chunk.length && { keys }),
  }
}

type Bounds = { number: number; maxPixels: number }

const pixelsOf = async (given: LabelledImage['image'], bounds: Bounds): Promise<Pixels> => {
  const image = typeof given === 'function' ? await given() : given
  if ('data' in image) {
    checkSize(image, bounds)
    if (image.data.length !== 4 * image.width * image.height)
      throw badExamples(
        `image ${bounds.number} has ${image.data.length} bytes for ${image.width} × ${image.height} pixels`,
        'Give red, green, blue and alpha of each pixel',
      )
    return image
  }
  if (typeof OffscreenCanvas === 'undefined')
    throw badExamples(
      `image ${bounds.number} is a file or a bitmap, which Node does not decode`,
      'Decode it with a library of your choice, and give `data`, `width` and `height`',
    )
  if (!(image instanceof Blob)) {
    checkSize(image, bounds)
    return drawn(image)
  }
  const size = declaredSize(new Uint8Array(await image.slice(0, HEAD_BYTES).arrayBuffer()))
  if (!size)
    throw badExamples(
      `image ${bounds.number} is no PNG, JPEG, GIF or WebP`,
      'Give one of these, or decode it and give an ImageBitmap or pixels',
    )
  checkSize(size, bounds)
  const bitmap = await createImageBitmap(image).catch((cause: unknown) => {
    throw badExamples(`image ${bounds.number} does not decode`, 'Leave it out, or mend it', { cause })
  })
  try {
    return drawn(bitmap)
  } finally {
    bitmap.close()
  }
}

const checkSize = ({ width, height }: { width: number; height: number }, { number, maxPixels }: Bounds) => {
  const whole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0
  if (!whole || width * height > maxPixels)
    throw badExamples(
      `image ${number} says that it is ${width} × ${height} pixels, ${whole ? `more than ${maxPixels}` : 'which is no size'}`,
      'Leave it out, scale it down, or raise `maxPixels`',
    )
}

/** Drawn as it is: what scales it is the same for every source. */
const drawn = (bitmap: ImageBitmap): Pixels => {
  const { width, height } = bitmap
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
  if (!context) throw badExamples('this browser draws no image', 'Give pixels')
  context.drawImage(bitmap, 0, 0)
  return context.getImageData(0, 0, width, height)
}
