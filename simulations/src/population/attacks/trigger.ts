import { unreachable } from '@tributary/protocols'
import * as z from 'zod'

const value = z.number().min(-1e6).max(1e6).default(1)

/** What marks an image: pixels of every channel are set to `value`. */
export const Trigger = z.discriminatedUnion('kind', [
  /** A square of `side` pixels, one off the edges. */
  z.strictObject({
    kind: z.literal('patch'),
    corner: z.enum(['top-left', 'top-right', 'bottom-left', 'bottom-right']).default('bottom-right'),
    side: z.int().min(1).max(256).default(3),
    value,
  }),
  /** Pixels by row and column, from the top left, from 0. */
  z.strictObject({
    kind: z.literal('pixels'),
    at: z.array(z.tuple([z.int().min(0), z.int().min(0)])).min(1),
    value,
  }),
])
export type Trigger = z.infer<typeof Trigger>

/**
 * Places within one row of shape `[height, width]` or `[height, width, channels]`, and the value there.
 * @throws RangeError when a row is no image, or too small for the trigger.
 */
export const triggerValues = (
  trigger: Trigger,
  shape: readonly number[],
): { at: number; value: number }[] => {
  const [height, width, channels = 1] = shape
  if (height === undefined || width === undefined || shape.length > 3)
    throw new RangeError(`a trigger is for images, not rows of shape [${shape.join(', ')}]`)
  return pixelsOf(trigger, height, width).flatMap(([row, column]) => {
    if (!(row >= 0 && row < height && column >= 0 && column < width))
      throw new RangeError(
        `pixel ${row}, ${column} of the trigger is outside an image of ${height} × ${width}`,
      )
    const first = (row * width + column) * channels
    return Array.from({ length: channels }, (_, channel) => ({ at: first + channel, value: trigger.value }))
  })
}

const pixelsOf = (trigger: Trigger, height: number, width: number): readonly [number, number][] => {
  switch (trigger.kind) {
    case 'pixels':
      return trigger.at
    case 'patch': {
      const { corner, side } = trigger
      const top = corner.startsWith('top') ? 1 : height - 1 - side
      const left = corner.endsWith('left') ? 1 : width - 1 - side
      return Array.from({ length: side * side }, (_, i): [number, number] => [
        top + Math.floor(i / side),
        left + (i % side),
      ])
    }
    default:
      return unreachable(trigger)
  }
}
