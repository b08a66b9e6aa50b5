import type { DownloadProgress } from '../datasets/index.ts'
import {
  createLiveLine,
  type DisplayStream,
  plainText,
  progressBar,
  progressLine,
  type SeedSummary,
  wantsColour,
} from '../report/index.ts'
import type { SimulatedRound } from '../scenarios/index.ts'

export type Output = {
  /** A sentence for people. */
  say(text: string): void
  downloaded(progress: DownloadProgress): void
  /** A seed's run begins, or goes on after the rounds that there are. */
  begin(seed: { seed: number; of: number; rounds: readonly SimulatedRound[] }): void
  round(seed: number, round: SimulatedRound): void
  summary(seed: number, summary: SeedSummary): void
}

/** Redrawing more often says no more to people. */
const DRAWN_EVERY_MS = 100

/** For people: on a terminal one line a seed that is drawn over, elsewhere a line a round. */
export const peopleOutput = (stream: DisplayStream, noColor: string | undefined): Output => {
  const isLive = stream.isTTY === true
  const line = createLiveLine(stream, { colour: wantsColour({ isTTY: stream.isTTY, noColor }) })
  let run = { seed: 0, of: 1 }
  let rounds: SimulatedRound[] = []
  let drawnAt = Number.NEGATIVE_INFINITY
  const isDue = () => {
    const now = performance.now()
    if (now - drawnAt < DRAWN_EVERY_MS) return false
    drawnAt = now
    return true
  }
  const say = (text: string) => {
    line.erase()
    stream.write(`${text}\n`)
  }
  return {
    say,
    downloaded({ path, receivedBytes, totalBytes }) {
      if (!isLive || !isDue()) return
      const { filled, rest } = progressBar(receivedBytes / (totalBytes ?? Number.POSITIVE_INFINITY), 24)
      line.draw([
        [`${plainText(path)}  `],
        [filled, 'bar'],
        [rest, 'dim'],
        [
          `  ${(receivedBytes / 1e6).toFixed(1)}${totalBytes ? ` of ${(totalBytes / 1e6).toFixed(1)}` : ''} MB`,
        ],
      ])
    },
    begin({ seed, of, rounds: before }) {
      run = { seed, of }
      rounds = [...before]
      if (isLive) line.draw(progressLine(run, rounds))
    },
    round(_, round) {
      rounds.push(round)
      if (!isLive) say(lineOf(round))
      else if (isDue()) line.draw(progressLine(run, rounds))
    },
    summary: (seed, summary) => say(sentence(seed, summary)),
  }
}

/** For programs: a line of JSON for each round and a last one for each seed. What people would read goes to `asides`. */
export const jsonOutput = (stream: DisplayStream, asides: DisplayStream): Output => ({
  say: (text) => void asides.write(`${text}\n`),
  downloaded() {},
  begin() {},
  round: (seed, round) => void stream.write(`${JSON.stringify({ seed, ...round })}\n`),
  summary: (_, summary) => void stream.write(`${JSON.stringify({ summary })}\n`),
})

const lineOf = (round: SimulatedRound): string => {
  const head = `round ${String(round.round).padStart(4)}`
  if (round.outcome === 'abandoned')
    return `${head}  abandoned: ${plainText(`${round.reason}, ${round.detail}`)}`
  const score =
    round.loss === undefined
      ? ''
      : `${round.accuracy === undefined ? '' : `accuracy ${percent(round.accuracy)}  `}loss ${round.loss.toFixed(4)}  `
  return `${head}  ${score}${round.received} of ${round.cohort} updates, ${round.virtualSeconds.toFixed(1)} s of virtual time in ${round.seconds.toFixed(2)} s`
}

const sentence = (seed: number, summary: SeedSummary): string => {
  const { rounds, accuracy, roundsToTarget, clientsPerSecond, seconds, peakMemoryMb } = summary
  return [
    `seed ${seed}: ${rounds} rounds${summary.ended === 'stopped' ? ' so far' : ''}`,
    ...(typeof accuracy === 'number' ? [`accuracy ${percent(accuracy)}`] : []),
    ...(summary.rootMeanSquaredError === undefined
      ? []
      : [`error ${summary.rootMeanSquaredError.toPrecision(4)} (root mean square)`]),
    ...(typeof roundsToTarget === 'number' ? [`the target after ${roundsToTarget}`] : []),
    ...personalText(summary),
    `${(clientsPerSecond ?? 0).toFixed(0)} clients a second`,
    `${seconds.toFixed(1)} s`,
    `${(peakMemoryMb ?? 0).toFixed(0)} MB at most`,
    summary.modelDigest,
  ].join(', ')
}

const personalText = ({ personal }: SeedSummary): string[] =>
  (['shared', 'own'] as const).flatMap((model) => {
    const over = personal?.[model]
    return over
      ? [
          `by ${model} models on rows held out ${percent(over.mean)} (p10 ${percent(over.p10)}, worst ${percent(over.worst)})`,
        ]
      : []
  })

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`
