import { terminalLine, wantsColour } from '@tributary/coordinator/terminal-text'
import { createLiveLine, type DisplayStream } from './live-line.ts'
import { accuracyTrend, roundLine, roundTable } from './round-format.ts'
import { type RoundEvent, type RoundRecord, recordEvent } from './round-record.ts'

export type RoundDisplay = {
  /** Takes the next event and shows what changed. */
  show(event: RoundEvent): void
  /** Ends a line still being drawn, then writes the table of all rounds and the trend of accuracy. */
  finish(): void
}

/**
 * A live view of rounds. On a terminal the running round's line is redrawn in place as updates arrive;
 * elsewhere each round is one plain line, written when it ends.
 */
export const createRoundDisplay = ({
  stream,
  noColor,
}: {
  readonly stream: DisplayStream
  /** The value of the NO_COLOR variable. */
  readonly noColor?: string | undefined
}): RoundDisplay => {
  const live = stream.isTTY === true
  const colour = wantsColour({ isTTY: stream.isTTY, noColor })
  const records = new Map<number, RoundRecord>()
  const open = new Set<number>()
  const line = createLiveLine(stream, { colour })
  let drawn: { round: number; percent: number } | undefined

  const erase = () => {
    line.erase()
    drawn = undefined
  }
  const draw = (record: RoundRecord) => {
    const percent = Math.floor((100 * record.updates) / Math.max(1, record.cohort))
    // A cohort of thousands would otherwise redraw thousands of times.
    if (drawn?.round === record.round && drawn.percent === percent) return
    line.draw(roundLine(record))
    drawn = { round: record.round, percent }
  }

  return {
    show(event) {
      const record = recordEvent(records.get(event.round), event)
      records.set(event.round, record)
      if (record.outcome.type === 'running') open.add(event.round)
      else if (open.delete(event.round)) {
        erase()
        stream.write(`${terminalLine(roundLine(record), { colour })}\n`)
      }
      const newest = records.get([...open].at(-1) ?? Number.NaN)
      if (live && newest) draw(newest)
    },
    finish() {
      if (drawn) stream.write('\n')
      drawn = undefined
      if (records.size === 0) return
      const all = [...records.values()].sort((a, b) => a.round - b.round)
      const trend = accuracyTrend(all)
      stream.write(`\n${roundTable(all)}\n${trend === undefined ? '' : `\n${trend}\n`}`)
    },
  }
}
