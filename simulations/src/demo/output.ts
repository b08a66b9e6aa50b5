import { createRoundDisplay, type DisplayStream, type RoundEvent } from '../report/index.ts'

/** What `--json` prints as its last line. */
export type Summary = {
  rounds: number
  completed: number
  abandoned: number
  clients: number
  accuracy: number
  modelDigest: string
  modelPath: string
  seconds: number
}

/** One line of `--json` for each round. */
export type RoundLine = {
  round: number
  outcome: 'completed' | 'abandoned'
  reason?: string
  cohort: number
  updates: number
  bytesUp: number
  bytesDown: number
  loss?: number
  accuracy?: number
  seconds: number
}

export type DemoOutput = {
  /** A sentence for people. */
  say(text: string): void
  /** Something that happens in a round, for the live display. */
  show(event: RoundEvent): void
  round(line: RoundLine): void
  /** The end: the table and where things are, or the last line. */
  finish(summary: Summary): void
}

/** For people: a live display and a table. */
export const peopleOutput = (stream: DisplayStream, noColor: string | undefined): DemoOutput => {
  const display = createRoundDisplay({ stream, ...(noColor === undefined ? {} : { noColor }) })
  return {
    say: (text) => void stream.write(`${text}\n`),
    show: (event) => display.show(event),
    round() {},
    finish(summary) {
      display.finish()
      stream.write(
        [
          '',
          `${summary.completed} of ${summary.rounds} rounds completed, ${summary.abandoned} abandoned, in ${summary.seconds.toFixed(1)} s.`,
          summary.completed === 0
            ? 'No round completed: the model is as it was before.'
            : `Accuracy on writers who never trained: ${(100 * summary.accuracy).toFixed(1)} %.`,
          '',
          `The model:  ${summary.modelPath}`,
          `            ${summary.modelDigest}`,
          'In Python:  from safetensors.numpy import load_file',
          `            weights = load_file(${JSON.stringify(summary.modelPath)})`,
          '',
        ].join('\n'),
      )
    },
  }
}

/** For programs: one JSON line a round, and a last one. What people would read goes to `asides`. */
export const jsonOutput = (stream: DisplayStream, asides: DisplayStream): DemoOutput => ({
  say: (text) => void asides.write(`${text}\n`),
  show() {},
  round: (line) => void stream.write(`${JSON.stringify(line)}\n`),
  finish: (summary) => void stream.write(`${JSON.stringify({ summary })}\n`),
})
