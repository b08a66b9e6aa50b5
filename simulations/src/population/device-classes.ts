import * as z from 'zod'
import { AvailabilitySpec } from './availability/availability.ts'
import { Quantity } from './quantity.ts'

/** Devices that are alike. Of what is distributed each client draws its own once; latency anew for every transfer. */
export const DeviceClass = z.strictObject({
  name: z.string().min(1, 'give it a name').max(64),
  /** Of the clients; shares add up to 1. */
  share: z.number().gt(0, 'must be above 0: leave out a class that nobody is of').max(1),
  /** Work done in a second, as a multiple of the machine that work is measured on. */
  speed: Quantity.default(1),
  memoryMB: Quantity.default(4_096),
  /** kbit/s, which is bits a millisecond. */
  downKbps: Quantity.default(20_000),
  upKbps: Quantity.default(5_000),
  /** Before the first byte of a transfer arrives. */
  latencyMs: Quantity.default(50),
  /** In place of the population's. */
  availability: AvailabilitySpec.optional(),
})
export type DeviceClass = z.infer<typeof DeviceClass>

export const DeviceClasses = z
  .array(DeviceClass)
  .min(1, 'give one class or more')
  .max(100)
  .superRefine((classes, context) => {
    const sum = classes.reduce((total, { share }) => total + share, 0)
    if (Math.abs(sum - 1) > 1e-6)
      context.addIssue({
        code: 'custom',
        message: `shares add up to ${Number(sum.toFixed(6))}: make them add up to 1`,
      })
    for (const [i, { name }] of classes.entries())
      if (classes.findIndex((other) => other.name === name) < i)
        context.addIssue({
          code: 'custom',
          path: [i, 'name'],
          message: `there is a class '${name}' already: give each its own name`,
        })
  })
