import { type Segment, terminalLine } from '@tributary/coordinator/terminal-text'

/** As much of a stream as a display needs; `process.stdout` is one. */
export type DisplayStream = {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/** One line of a terminal that is drawn over and over. */
export type LiveLine = {
  draw(segments: readonly Segment[]): void
  /** Takes the line away, where one is drawn; what is written next stands in its place. */
  erase(): void
  isDrawn(): boolean
}

const ERASE_LINE = '\r\u001b[2K'
const DEFAULT_COLUMNS = 80

export const createLiveLine = (stream: DisplayStream, { colour }: { readonly colour: boolean }): LiveLine => {
  let isDrawn = false
  return {
    draw(segments) {
      // One column stays free: a terminal wraps when its last column is written.
      const columns = Math.max(1, (stream.columns || DEFAULT_COLUMNS) - 1)
      stream.write(ERASE_LINE + terminalLine(segments, { colour, columns }))
      isDrawn = true
    },
    erase() {
      if (isDrawn) stream.write(ERASE_LINE)
      isDrawn = false
    },
    isDrawn: () => isDrawn,
  }
}
