import type { Schemas } from '../../rest-client/rest-client.ts'
import { plainText } from '../../terminal/terminal-text.ts'

export type RoundView = Schemas['RoundView']
export type RoundDetail = Schemas['RoundDetail']

/** `training, 3 of 10`; `abandoned: quorum-not-met`. */
export const phaseText = (round: RoundView | RoundDetail): string => {
  switch (round.phase) {
    case 'selecting':
      return `selecting, ${round.wanted} wanted`
    case 'training':
      return `training, ${round.tally.received} of ${round.tally.invited}${round.step ? `, ${round.step}` : ''}`
    case 'aggregating':
      return 'aggregating'
    case 'completed':
      return `completed, version ${round.version.version}`
    case 'abandoned':
      return `abandoned: ${round.reason}`
    default:
      return 'unknown'
  }
}

/** How a round that is over ended, in a sentence. */
export const endText = (round: RoundView): string => {
  switch (round.phase) {
    case 'completed':
      return `Round ${round.id} is completed: ${round.tally.received} updates of ${round.tally.invited} clients made version ${round.version.version}${metricsText(round.metrics)}.`
    case 'abandoned':
      return plainText(
        `Round ${round.id} was abandoned: ${round.reason}${round.detail ? `, ${round.detail}` : ''}.`,
      )
    default:
      return `Round ${round.id} is ${phaseText(round)}.`
  }
}

const metricsText = (metrics: Readonly<Record<string, number>>): string => {
  const shown = Object.entries(metrics).slice(0, 4)
  return shown.length === 0
    ? ''
    : ` (${shown.map(([name, value]) => `${plainText(name)} ${shortNumber(value)}`).join(', ')})`
}

export const shortNumber = (value: number): string => String(Number(value.toPrecision(4)))

export const isOver = (round: RoundView): boolean =>
  round.phase === 'completed' || round.phase === 'abandoned'
