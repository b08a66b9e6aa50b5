import type { ModelView } from '@tributary/protocols/rest'

/** Where a version's weights came from, in words. */
export const originInWords = ({ origin }: ModelView): string => {
  switch (origin.kind) {
    case 'initial':
      return `drawn from seed ${origin.seed}`
    case 'imported':
      return origin.note === '' ? 'imported' : `imported: ${origin.note}`
    case 'round':
      return `round ${roundNumber(origin.round)}`
    case 'rollback':
      return `rolled back to version ${origin.to}${origin.reason === '' ? '' : `: ${origin.reason}`}`
    default: {
      const never: never = origin
      return never
    }
  }
}

/** The number in a round's id: `12` of `digits.12`. */
export const roundNumber = (round: string): string => round.slice(round.lastIndexOf('.') + 1)
