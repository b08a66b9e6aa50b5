import * as z from 'zod/mini'
import type { Instant } from '../ids.ts'

/** A moment as REST writes it: ISO 8601 in UTC, `2026-03-01T09:30:00.000Z`. */
export const Timestamp = z.iso.datetime({ error: 'a time is ISO 8601 in UTC: 2026-03-01T09:30:00.000Z' })
export type Timestamp = z.infer<typeof Timestamp>

/** An instant as REST writes it, to the millisecond. */
export const timestampOf = (at: Instant): Timestamp => new Date(at).toISOString()
