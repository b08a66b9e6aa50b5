/** Text for a terminal line: cut to its width before it is coloured, so that colour codes are never cut. */

export type Style = keyof typeof CODES
export type Segment = readonly [text: string, style?: Style]

const CODES = { good: '32', bad: '31', bar: '36', dim: '2' } as const

/** The segments as one line of at most `columns` characters, with ANSI colours or without. */
export const terminalLine = (
  segments: readonly Segment[],
  { colour, columns = Number.POSITIVE_INFINITY }: { readonly colour: boolean; readonly columns?: number },
): string => {
  let left = columns
  return segments
    .map(([text, style]) => {
      const shown = [...text].slice(0, left).join('')
      left -= [...shown].length
      return colour && style && shown !== '' ? `\u001b[${CODES[style]}m${shown}\u001b[0m` : shown
    })
    .join('')
}

/**
 * Text from elsewhere with what steers a terminal blanked: it may not move the cursor, recolour the screen, break the line
 * or turn the direction of what stands beside it (Unicode Technical Report 36, section 3.1).
 */
export const plainText = (text: string): string =>
  text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ')

/** Colour is for people at a terminal who have not set NO_COLOR (no-color.org: present and not empty). */
export const wantsColour = ({
  isTTY,
  noColor,
}: {
  readonly isTTY: boolean | undefined
  readonly noColor: string | undefined
}): boolean => isTTY === true && (noColor === undefined || noColor === '')

/** `width` characters, filled in eighths of a character up to `share` (0 to 1) of them. */
export const progressBar = (
  share: number,
  width: number,
): { readonly filled: string; readonly rest: string } => {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8)
  const part = ' ▏▎▍▌▋▊▉'[eighths % 8] ?? ''
  const filled = '█'.repeat(Math.floor(eighths / 8)) + (eighths % 8 === 0 ? '' : part)
  return { filled, rest: '░'.repeat(width - [...filled].length) }
}

/**
 * Values as a row of blocks, the lowest of them the lowest block and the highest the highest. More values than
 * `width` are thinned to the last of each stretch, so that the row ends where the values end.
 */
export const sparkline = (values: readonly number[], width: number): string => {
  const count = Math.min(width, values.length)
  const thinned = Array.from(
    { length: count },
    (_, i) => values[Math.ceil(((i + 1) * values.length) / count) - 1] ?? 0,
  )
  const low = Math.min(...thinned)
  const range = Math.max(...thinned) - low
  return thinned
    .map((value) => BLOCKS[range === 0 ? 3 : Math.round(((value - low) / range) * 7)] ?? '')
    .join('')
}

const BLOCKS = [...'▁▂▃▄▅▆▇█']
