import * as z from 'zod'
import { DayAndNightSpec } from './day-and-night.ts'
import { OnAndOffSpec } from './on-and-off.ts'
import { TraceSpec } from './trace.ts'

/** When clients are there, as a scenario file says it. */
export const AvailabilitySpec = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('always') }),
  DayAndNightSpec,
  OnAndOffSpec,
  TraceSpec,
])
export type AvailabilitySpec = z.infer<typeof AvailabilitySpec>
