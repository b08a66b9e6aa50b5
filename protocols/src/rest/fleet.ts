/** How the fleet stands, in counts. */
import * as z from 'zod'

const count = z.int().min(0)

export const FleetView = z.object({
  /** Enrolled, and neither revoked nor withdrawn. */
  enrolled: count,
  revoked: count,
  /** That said themselves that they want no part any more. */
  withdrawn: count,
  /** On the line at this moment, at any process of the coordinator. */
  online: count,
  /** Checked in for a task and free to be invited. One that waits for two tasks counts once. */
  waiting: count,
  /** Invited to a round that takes updates, and their own is still awaited. */
  working: count,
})
export type FleetView = z.infer<typeof FleetView>
