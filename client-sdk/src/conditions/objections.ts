/** What stands against taking part at present, by the conditions: a pure function of what is known. */
import type { Instant } from '@tributary/protocols'
import type { Known } from '../ports/circumstances.ts'
import type { CheckedConditions } from './conditions.ts'
import { hoursAt } from './hours.ts'
import { endOfDay, endOfMonth, type Usage } from './usage.ts'

/** `until`: when it ends by time alone, if nothing else happens; `undefined` where time does not end it. */
export type Objection = { condition: Condition; detail: string; until: Instant | undefined }

export type Condition =
  | 'idle'
  | 'page'
  | 'charging'
  | 'battery'
  | 'network'
  | 'dataSaver'
  | 'hours'
  | 'roundsPerDay'
  | 'bytesPerMonth'

/** `changesAt`: when time alone may change the answer; `undefined` where it never does. */
export type Answer = { objections: Objection[]; changesAt: Instant | undefined }

/** What the device is like against what it should be like. */
export const circumstantialObjections = (
  conditions: CheckedConditions,
  known: Known,
  now: Instant,
): Answer => {
  const lasting = LASTING.flatMap((objectionOf) => objectionOf(conditions, known) ?? [])
  const passing = [answerOfIdleness(conditions, known, now), answerOfHours(conditions, now)]
  return {
    objections: [...lasting, ...passing.flatMap(({ objections }) => objections)],
    changesAt: earliest(passing.map(({ changesAt }) => changesAt)),
  }
}

/** What is asked for: rounds to take part in, bytes to transfer. */
export type Asked = { rounds: number; bytes: number }

/** What the device has used, as of the present, against what it may use. */
export const budgetObjections = (
  { roundsPerDay, bytesPerMonth }: Pick<CheckedConditions, 'roundsPerDay' | 'bytesPerMonth'>,
  usage: Usage,
  { rounds, bytes }: Asked,
): Objection[] => {
  const objections: Objection[] = []
  const used = usage.down + usage.up
  if (roundsPerDay !== undefined && rounds > 0 && (usage.unreadable || usage.rounds + rounds > roundsPerDay))
    objections.push({
      condition: 'roundsPerDay',
      detail: usage.unreadable
        ? `${UNREADABLE}: today’s rounds count as taken`
        : `this device has taken part in ${numberOf(usage.rounds, 'round')} today, and may in ${roundsPerDay} a day`,
      until: endOfDay(usage.at),
    })
  if (bytesPerMonth !== undefined && (usage.unreadable || used + bytes > bytesPerMonth))
    objections.push({
      condition: 'bytesPerMonth',
      detail: usage.unreadable
        ? `${UNREADABLE}: nothing is transferred today`
        : `this device has transferred ${numberOf(used, 'byte')} this month; ${bytes} more would pass the ${bytesPerMonth} that it may`,
      until: usage.unreadable ? endOfDay(usage.at) : endOfMonth(usage.at),
    })
  return objections
}

const UNREADABLE = 'what this device has used cannot be read'

const numberOf = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`

/** What cannot be told is an objection of its own, unless the app has said that it is none. */
const untold = ({ unknown }: CheckedConditions, condition: Condition, what: string): Objection | undefined =>
  unknown === 'allow'
    ? undefined
    : {
        condition,
        detail: `nothing tells here ${what}; the app can tell by \`circumstances\`, or let it be with \`unknown: 'allow'\``,
        until: undefined,
      }

const objection = (condition: Condition, detail: string, until?: Instant): Objection => ({
  condition,
  detail,
  until,
})

type Judge = (conditions: CheckedConditions, known: Known) => Objection | undefined

const objectionOfPage: Judge = (conditions, { page }) => {
  const wanted = conditions.page
  if (wanted === 'any' || page === wanted) return undefined
  return page === undefined
    ? untold(conditions, 'page', 'whether the page is visible')
    : objection('page', `the page is ${page}, and is to be ${wanted}`)
}

const objectionOfPower: Judge = (conditions, { charging }) => {
  if (!conditions.charging || charging === true) return undefined
  return charging === undefined
    ? untold(conditions, 'charging', 'whether the device is charging')
    : objection('charging', 'the device runs on its battery')
}

const objectionOfBattery: Judge = (conditions, { battery }) => {
  const wanted = conditions.battery
  if (!wanted || (battery !== undefined && battery >= wanted.atLeast)) return undefined
  return battery === undefined
    ? untold(conditions, 'battery', 'how full the battery is')
    : objection(
        'battery',
        `the battery is at ${percent(battery)}, and is to be at ${percent(wanted.atLeast)}`,
      )
}

const objectionOfNetwork: Judge = (conditions, { network }) => {
  if (conditions.network === 'any' || network === 'unmetered') return undefined
  return network === undefined
    ? untold(conditions, 'network', 'whether the network is metered')
    : objection('network', 'the network is metered')
}

/** Who has not been heard to ask for it has not asked. */
const objectionOfDataSaver: Judge = ({ dataSaver }, known) =>
  dataSaver === 'respect' && known.dataSaver === 'on'
    ? objection('dataSaver', 'the user has asked this device to save data')
    : undefined

const LASTING = [
  objectionOfPage,
  objectionOfPower,
  objectionOfBattery,
  objectionOfNetwork,
  objectionOfDataSaver,
]

const answerOfIdleness = (conditions: CheckedConditions, { lastTouch }: Known, now: Instant): Answer => {
  const { idle } = conditions
  if (!idle) return NOTHING
  if (lastTouch === undefined) {
    const unknown = untold(conditions, 'idle', 'when the user last touched it')
    return { objections: unknown ? [unknown] : [], changesAt: undefined }
  }
  // A touch that a clock set back has put into the future was just now.
  const until = lastTouch === 'now' ? undefined : Math.min(lastTouch, now) + 1_000 * idle.seconds
  if (until !== undefined && until <= now) return NOTHING
  const detail = `the device is in use: it is to be idle for ${numberOf(idle.seconds, 'second')}`
  return { objections: [objection('idle', detail, until)], changesAt: until }
}

const answerOfHours = ({ hours }: CheckedConditions, now: Instant): Answer => {
  if (!hours) return NOTHING
  const { within, changesAt } = hoursAt(hours, now)
  const spans = hours.map(({ from, to, days }) => `${from} to ${to}${days ? ` on ${days.join(', ')}` : ''}`)
  return {
    objections: within ? [] : [objection('hours', `it is not the hour: ${spans.join(', or ')}`, changesAt)],
    changesAt,
  }
}

const NOTHING: Answer = { objections: [], changesAt: undefined }

const earliest = (instants: readonly (Instant | undefined)[]): Instant | undefined =>
  instants.reduce((a, b) => (a === undefined ? b : b === undefined ? a : Math.min(a, b)), undefined)

const percent = (fraction: number) => `${Math.floor(100 * fraction)} %`
