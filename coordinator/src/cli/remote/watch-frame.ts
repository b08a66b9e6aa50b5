import {
  plainText,
  progressBar,
  type Segment,
  type Style,
  terminalLine,
} from '../../terminal/terminal-text.ts'
import { isOver, phaseText, type RoundView } from './round-text.ts'
import { countdown, versionText } from './watched-rounds.ts'

export type Frame = {
  task: string
  round: RoundView | undefined
  /** The newest happenings, the newest last. */
  events: readonly string[]
  now: number
  /** Since when nothing answers; undefined where something does. */
  awaySince: number | undefined
}

const BAR = 30

/** The lines of the display, each cut to the screen. */
export const frameLines = (
  { task, round, events, now, awaySince }: Frame,
  { colour, columns = 80 }: { colour: boolean; columns: number | undefined },
): string[] => {
  const lines: Segment[][] = [
    round ? headOf(round) : [[`${task}: no round yet; waiting for the first`]],
    ...(round ? barsOf(round, now) : []),
    ...events.map((event): Segment[] => [[`  ${plainText(event)}`, 'dim']]),
    awaySince === undefined
      ? [['Ctrl-C ends', 'dim']]
      : [
          [
            `No answer for ${Math.round((now - awaySince) / 1_000)} s: the coordinator is away; trying on`,
            'bad',
          ],
        ],
  ]
  // One column stays free: a terminal wraps when its last column is written.
  return lines.map((segments) => terminalLine(segments, { colour, columns: Math.max(1, columns - 1) }))
}

const headOf = (round: RoundView): Segment[] => {
  const style: Style = round.phase === 'completed' ? 'good' : round.phase === 'abandoned' ? 'bad' : 'bar'
  return [[round.id], ['  '], [plainText(phaseText(round)), style]]
}

const barsOf = (round: RoundView, now: number): Segment[][] => {
  if (round.phase === 'selecting')
    return [[[`  waiting for ${round.wanted} clients; ${countdown(round.deadlineAt, now)} left`]]]
  const { tally } = round
  const share = tally.invited === 0 ? 0 : tally.received / tally.invited
  const { filled, rest } = progressBar(share, BAR)
  const others = [`accepted ${tally.accepted}`, `declined ${tally.declined}`, `failed ${tally.failed}`].join(
    '  ',
  )
  const time = round.phase === 'training' ? `  ${countdown(round.deadlineAt, now)} left` : ''
  const about = versionText(round)
  return [
    [['  '], [filled, 'bar'], [rest, 'dim'], [`  received ${tally.received} of ${tally.invited}${time}`]],
    [[`  ${others}`, 'dim']],
    ...(round.phase === 'training' && round.groups
      ? round.groups
          .slice(0, 4)
          .map((group, i): Segment[] => [
            [`  group ${i + 1}: ${group.step}, ${group.clients} clients, ${group.threshold} needed`, 'dim'],
          ])
      : []),
    ...(isOver(round) && about !== '' ? [[[`  ${about}`]] as Segment[]] : []),
  ]
}

/** Draws lines over those that it drew before. */
export const createLivePicture = (print: (text: string) => void) => {
  let height = 0
  return {
    draw(lines: readonly string[]): void {
      print(`${height > 0 ? `\u001b[${height}A` : ''}\r\u001b[0J${lines.join('\n')}\n`)
      height = lines.length
    },
  }
}
