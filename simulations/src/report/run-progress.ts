import { progressBar, type Segment, sparkline } from '@tributary/coordinator/terminal-text'

/** As much of a round as its run's progress is told by. */
export type ShownRound = {
  readonly outcome: 'completed' | 'abandoned'
  readonly received: number
  readonly seconds: number
  readonly accuracy?: number | undefined
}

const BAR_WIDTH = 16
const SPARKLINE_WIDTH = 24
/** Rounds that speeds are taken over. */
const LATELY = 20

/** How far the run of a seed is, of so many completed rounds. */
export const progressLine = (
  { seed, of }: { seed: number; of: number },
  rounds: readonly ShownRound[],
): Segment[] => {
  const completed = rounds.filter(({ outcome }) => outcome === 'completed')
  const { filled, rest } = progressBar(completed.length / of, BAR_WIDTH)
  const measured = completed.flatMap(({ accuracy }) => accuracy ?? [])
  const last = measured.at(-1)
  return [
    [`seed ${seed}  `],
    [filled, 'bar'],
    [rest, 'dim'],
    [`  round ${completed.length} of ${of}`],
    ...(last === undefined
      ? []
      : ([
          [`  accuracy ${(100 * last).toFixed(2)} %  `],
          [sparkline(measured, SPARKLINE_WIDTH), 'good'],
        ] as const)),
    [speedOf(rounds, of - completed.length), 'dim'],
  ]
}

const speedOf = (rounds: readonly ShownRound[], left: number): string => {
  const lately = rounds.slice(-LATELY)
  const seconds = lately.reduce((sum, round) => sum + round.seconds, 0)
  const completed = lately.filter(({ outcome }) => outcome === 'completed').length
  if (seconds <= 0 || completed === 0) return ''
  const updates = lately.reduce((sum, { received }) => sum + received, 0)
  return `  ${short(completed / seconds)} rounds/s  ${short(updates / seconds)} clients/s  ${clockTime((left * seconds) / completed)} left`
}

const short = (rate: number): string => (rate < 10 ? rate.toFixed(1) : rate.toFixed(0))

/** `1:02:03`, `2:03` */
const clockTime = (seconds: number): string => {
  const whole = Math.ceil(seconds)
  const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60]
  const two = (part: number) => String(part).padStart(2, '0')
  const rest = two(whole % 60)
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`
}
