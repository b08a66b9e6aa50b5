import * as z from 'zod'
import { AttackerGroup } from './attackers.ts'
import { AvailabilitySpec } from './availability/availability.ts'
import { DeviceClasses } from './device-classes.ts'
import { CrashSpec, DropoutSpec, StragglersSpec } from './fate.ts'

/** Who takes part in a simulation, on what, and what befalls them. Left out, everybody is alike, always there and honest. */
export const PopulationSpec = z
  .strictObject({
    classes: DeviceClasses.prefault([{ name: 'device', share: 1 }]),
    availability: AvailabilitySpec.default({ kind: 'always' }),
    dropout: DropoutSpec.prefault({ probability: 0 }),
    crashes: CrashSpec.prefault({ probability: 0 }),
    stragglers: StragglersSpec.prefault({ share: 0 }),
    attackers: z.array(AttackerGroup).max(100).default([]),
  })
  .refine(
    ({ dropout, crashes }) =>
      Math.max(dropout.probability, crashes.probability) > 1 ||
      dropout.probability + crashes.probability <= 1,
    {
      path: ['dropout', 'probability'],
      message: 'and that of crashes exceed 1 together: lower one of them',
    },
  )
export type PopulationSpec = z.infer<typeof PopulationSpec>
/** As people write it: what has a default may be left out. */
export type PopulationSpecInput = z.input<typeof PopulationSpec>

/** The files of intervals that a population needs, each once. */
export const traceFilesOf = ({ availability, classes }: PopulationSpec): string[] => [
  ...new Set(
    [availability, ...classes.map((of) => of.availability)].flatMap((of) =>
      of?.kind === 'trace' ? [of.file] : [],
    ),
  ),
]
