import * as z from 'zod'
import type { Chance } from '../chance.ts'
import type { Presence } from './presence.ts'

/** When clients were there in the world, from a file: see `TraceFile`. */
export const TraceSpec = z.strictObject({
  kind: z.literal('trace'),
  /** Path of the file, relative to the scenario. */
  file: z.string().min(1, 'name the file of intervals'),
  /** `in-order`: client i has the trace's device i. `drawn`: a device at random, so that there may be more clients than devices. */
  assign: z.enum(['drawn', 'in-order']).default('drawn'),
})

const second = z.number().min(0).max(1e10)

/** Intervals in which devices were there, in seconds from the start of the simulation; a flat list for each: from, to, from, to, … */
export const TraceFile = z
  .strictObject({
    /** The trace is repeated from here on. */
    periodSeconds: z.number().positive('must be above 0').max(1e10).optional(),
    devices: z.array(z.array(second)).min(1, 'give one device or more'),
  })
  .superRefine(({ devices, periodSeconds = Number.POSITIVE_INFINITY }, context) => {
    for (const [device, edges] of devices.entries()) {
      const wrong = edges.findIndex((edge, i) => i > 0 && edge <= (edges[i - 1] ?? 0))
      const complain = (message: string, at?: number) =>
        context.addIssue({
          code: 'custom',
          path: ['devices', device, ...(at === undefined ? [] : [at])],
          message,
        })
      if (edges.length % 2 === 1) complain('every interval has a beginning and an end: give an even number')
      else if (wrong >= 0)
        complain('must be later than the one before: sort the intervals and join those that touch', wrong)
      else if ((edges.at(-1) ?? 0) > periodSeconds)
        complain('must not exceed periodSeconds: shorten it or lengthen the period', edges.length - 1)
    }
  })
export type TraceFile = z.infer<typeof TraceFile>

/** @param startMs virtual time at which the trace begins. */
export const traced = (
  { assign }: z.infer<typeof TraceSpec>,
  { trace, chance, startMs }: { trace: TraceFile; chance: Chance; startMs: number },
): Presence => {
  const { devices, periodSeconds } = trace
  const periodMs = periodSeconds === undefined ? Number.POSITIVE_INFINITY : Math.round(1_000 * periodSeconds)
  const edgesMs = devices.map((edges) =>
    joined(
      Float64Array.from(edges, (edge) => Math.round(1_000 * edge)),
      periodMs,
    ),
  )
  const edgesOf = (client: number): Float64Array => {
    const device =
      assign === 'in-order' ? client : Math.floor(chance('trace row', client)[0] * devices.length)
    return edgesMs[device] ?? new Float64Array(0)
  }
  /** How many edges a client has behind it, of the trace's run that began at `beginMs`. */
  const lookUp = (client: number, virtualMs: number) => {
    const since = virtualMs - startMs
    const runs = periodMs === Number.POSITIVE_INFINITY ? 0 : Math.floor(since / periodMs)
    const beginMs = startMs + (runs === 0 ? 0 : runs * periodMs)
    const edges = edgesOf(client)
    return { edges, beginMs, behind: countUpTo(edges, virtualMs - beginMs) }
  }
  return {
    isAvailable: (client, virtualMs) => lookUp(client, virtualMs).behind % 2 === 1,
    nextChange(client, virtualMs) {
      const { edges, beginMs, behind } = lookUp(client, virtualMs)
      const next = edges[behind]
      if (next !== undefined && next < periodMs) return beginMs + next
      if (periodMs === Number.POSITIVE_INFINITY || edges.length === 0) return Number.POSITIVE_INFINITY
      const [first = 0, second = 0] = edges
      const there = behind % 2 === 1
      if (!there || first > 0) return beginMs + periodMs + (there ? 0 : first)
      return second < periodMs ? beginMs + periodMs + second : Number.POSITIVE_INFINITY
    },
  }
}

/** Without the intervals that rounding to milliseconds has emptied or made touch. */
const joined = (edges: Float64Array, periodMs: number): Float64Array => {
  const kept: number[] = []
  for (const edge of edges) {
    if (kept.at(-1) === edge) kept.pop()
    else kept.push(Math.min(edge, periodMs))
  }
  return Float64Array.from(kept)
}

/** How many of the ascending values are at most `most`, by bisection. */
const countUpTo = (ascending: Float64Array, most: number): number => {
  let [low, high] = [0, ascending.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ascending[middle] ?? 0) <= most) low = middle + 1
    else high = middle
  }
  return low
}
