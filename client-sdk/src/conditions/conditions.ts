/** Under which conditions a client takes part, as an app writes them. */
import * as z from 'zod/mini'
import type { ExampleCounter, Trainer } from '../training/trainer.ts'
import { TributaryError } from '../tributary-error.ts'

const object = <Shape extends z.core.$ZodShape>(shape: Shape, remedy: string) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `has no ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}; ${remedy}`
        : remedy,
  })

const wholeNumber = (remedy: string) =>
  z.int({ error: remedy }).check(z.gte(0, { error: remedy, abort: true }))

const choice = <const Words extends readonly string[]>(words: Words) =>
  z.enum(words, { error: `give ${words.map((word) => `'${word}'`).join(' or ')}` })

const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/

const time = (pattern: RegExp, remedy: string) =>
  z.string({ error: remedy }).check(z.regex(pattern, { error: remedy }))

export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

const Hours = object(
  {
    from: time(TIME, "give a local time from '00:00' to '23:59'"),
    to: time(new RegExp(`${TIME.source}|^24:00$`), "give a local time from '00:00' to '24:00'"),
    /** The days on which it begins; left out, every day. */
    days: z.optional(
      z
        .array(choice(WEEKDAYS), { error: "give an array of days such as ['sat', 'sun']" })
        .check(z.minLength(1, { error: 'give a day at least, or leave `days` out for every day' })),
    ),
  },
  "give { from: '22:00', to: '06:00' }, and `days` where it is not for every day",
).check(
  z.refine(({ from, to }) => from !== to, {
    error: "`from` and `to` are the same; for a whole day give '00:00' and '24:00'",
  }),
)
export type Hours = z.infer<typeof Hours>

const BATTERY = 'give { atLeast } from 0 to 1, such as { atLeast: 0.5 }'
const IDLE = 'give { seconds } of at least 1, such as { seconds: 60 }'

const Conditions = object(
  {
    /** So long has the user not touched the page, or the machine where the platform tells. */
    idle: z.optional(
      object({ seconds: z.number({ error: IDLE }).check(z.gte(1, IDLE), z.lte(86_400, IDLE)) }, IDLE),
    ),
    /** Whether the page must be what the user looks at, or must not. */
    page: z._default(choice(['visible', 'hidden', 'any']), 'any'),
    /** Only while the machine is on external power. */
    charging: z._default(z.boolean({ error: 'give true or false' }), false),
    battery: z.optional(
      object({ atLeast: z.number({ error: BATTERY }).check(z.gte(0, BATTERY), z.lte(1, BATTERY)) }, BATTERY),
    ),
    network: z._default(choice(['unmetered', 'any']), 'any'),
    /** `respect`: not while the user has asked the platform to save data. A platform that does not tell objects to nothing. */
    dataSaver: z._default(choice(['respect', 'ignore']), 'respect'),
    /** Only in one of these spans of local time. */
    hours: z.optional(
      z
        .array(Hours, { error: "give an array such as [{ from: '22:00', to: '06:00' }]" })
        .check(z.minLength(1, { error: 'give a span at least, or leave `hours` out for all hours' })),
    ),
    /** Rounds are declined while the trainer counts fewer examples. */
    minExamples: z.optional(wholeNumber('give a whole number of examples')),
    /** Rounds that this device takes part in on one local day, all its tasks together. */
    roundsPerDay: z.optional(wholeNumber('give a whole number of rounds')),
    /** Bytes of models and updates in a calendar month, both directions and all tasks together. */
    bytesPerMonth: z.optional(wholeNumber('give a whole number of bytes')),
    /** What counts where neither the platform nor the app can tell whether a condition holds: that it does not, or that it does. */
    unknown: z._default(choice(['deny', 'allow']), 'deny'),
  },
  'the conditions are idle, page, charging, battery, network, dataSaver, hours, minExamples, roundsPerDay, bytesPerMonth and unknown',
)

/** As an app gives them: what is left out is not asked, but that a data saver is respected. */
export type Conditions = z.input<typeof Conditions>

/** With the defaults filled in. */
export type CheckedConditions = z.output<typeof Conditions>

/**
 * The conditions with their defaults.
 * @param trainer One that is to count its examples, where a number of them is asked for.
 * @throws TributaryError `bad-options`, with every mistake there is, where it is and what to do about it.
 */
export const checkedConditions = (given: unknown, trainer?: Trainer): CheckedConditions => {
  const parsed = Conditions.safeParse(given)
  const mistakes = (parsed.error?.issues ?? []).map(
    ({ path, message }) => `${placeOf(['conditions', ...path])}: ${message}`,
  )
  if (trainer && wantsExamples(given) && !countsExamples(trainer)) mistakes.push(UNCOUNTED)
  if (parsed.success && mistakes.length === 0) return parsed.data
  throw new TributaryError({
    code: 'bad-options',
    problem: `the conditions have ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}`,
    remedy: mistakes.join('; '),
  })
}

const wantsExamples = (given: unknown): boolean =>
  typeof given === 'object' && given !== null && 'minExamples' in given && given.minExamples !== undefined

/** Whether the trainer can say how many examples it has. */
export const countsExamples = (trainer: Trainer): trainer is Trainer & ExampleCounter =>
  'countExamples' in trainer && typeof trainer.countExamples === 'function'

const UNCOUNTED =
  'conditions.minExamples: the trainer has no `countExamples`, give it one that says how many examples there are'

const placeOf = (path: readonly PropertyKey[]): string =>
  path
    .map((key, at) => (typeof key === 'number' ? `[${key}]` : `${at > 0 ? '.' : ''}${String(key)}`))
    .join('')
