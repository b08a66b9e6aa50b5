/** How the fleet stands, in counts. */
import * as z from 'zod'

const count = z.int().min(0)

export const FleetView = z.object({
  /** Enrolled and not revoked. */
  enrolled: count,
  revoked: count,
  /** On the line at this moment, at any process of the coordinator. */
  online: count,
  /** Checked in for a task and free to be invited. One that waits for two tasks counts once. */
  waiting: count,
  /** Invited to a round that takes updates, and their own is still awaited. */
  working: count,
})
export type FleetView = z.infer<typeof FleetView>
