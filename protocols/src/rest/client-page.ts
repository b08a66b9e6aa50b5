/** `GET /api/v1/clients`, and what one of them did. */
import * as z from 'zod'
import { TaskId } from '../ids.ts'
import { ClientView } from './clients.ts'
import { PageQuery, pageOf } from './paging.ts'
import { MemberView } from './rounds.ts'
import { Timestamp } from './time.ts'

export const ClientPage = pageOf(ClientView)
export type ClientPage = z.infer<typeof ClientPage>

/** The query of `GET /api/v1/clients`. */
export const ClientQuery = PageQuery.extend({
  status: z.enum(['active', 'revoked', 'withdrawn'], 'status is active, revoked or withdrawn').optional(),
  /** `true`: those on the line at this moment alone. */
  online: z.enum(['true', 'false'], 'online is true or false').optional(),
  /** What the id begins with, with `c-` or without. */
  search: z
    .string()
    .regex(/^(?:c-)?[0-9a-f]{0,32}$/, 'search is what a client id begins with: c- and hex digits')
    .optional(),
})
export type ClientQuery = z.infer<typeof ClientQuery>

/** A round that a client was invited to, and what became of its part. */
export const ClientRoundView = z.object({
  task: TaskId,
  number: z.int().min(1),
  openedAt: Timestamp,
  outcome: z.enum(['open', 'completed', 'abandoned']),
  member: MemberView,
})
export type ClientRoundView = z.infer<typeof ClientRoundView>

/** `GET /api/v1/clients/{client}/rounds`, newest first. */
export const ClientRoundPage = pageOf(ClientRoundView)
export type ClientRoundPage = z.infer<typeof ClientRoundPage>
