/** `GET /healthz` and `GET /readyz`. */
import * as z from 'zod'

/** The process answers. */
export const Health = z.object({ status: z.literal('ok') })
export type Health = z.infer<typeof Health>

/** Whether requests can be served, and what each check found. 200 when `ok`, 503 when not. */
export const Readiness = z.object({
  ok: z.boolean(),
  checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string().optional() })),
})
export type Readiness = z.infer<typeof Readiness>
