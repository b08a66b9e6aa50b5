/** `/api/v1/enrolment-tokens` and `/api/v1/operator-tokens`. */
import * as z from 'zod'
import { EnrolmentSecret } from './clients.ts'
import { pageOf } from './paging.ts'
import { Timestamp } from './time.ts'

const DAY_SECONDS = 86_400

/** `POST /api/v1/enrolment-tokens`: an invitation by which `uses` clients can enrol until it expires. */
export const CreateEnrolmentTokenRequest = z.strictObject({
  /** For people: where the invitation goes. */
  name: z.string().min(1).max(200),
  uses: z.int().min(1).max(1_000_000).default(1),
  expiresInSeconds: z
    .int()
    .min(60)
    .max(365 * DAY_SECONDS)
    .default(7 * DAY_SECONDS),
})
export type CreateEnrolmentTokenRequest = z.infer<typeof CreateEnrolmentTokenRequest>

/** The one answer that holds the token's text. */
export const EnrolmentTokenView = z.object({
  id: z.string(),
  name: z.string(),
  usesLeft: z.int().min(0),
  expiresAt: Timestamp,
  createdAt: Timestamp,
  token: EnrolmentSecret,
})
export type EnrolmentTokenView = z.infer<typeof EnrolmentTokenView>

/** What an operator may do: `viewer` reads, `operator` runs tasks, models and fleet, `admin` does everything. */
export const RoleName = z.enum(['viewer', 'operator', 'admin'])
export type RoleName = z.infer<typeof RoleName>

/** `POST /api/v1/operator-tokens`. */
export const CreateOperatorTokenRequest = z.strictObject({ name: z.string().min(1).max(200), role: RoleName })
export type CreateOperatorTokenRequest = z.infer<typeof CreateOperatorTokenRequest>

/** The one answer that holds the token's text. */
export const OperatorTokenView = z.object({
  id: z.string(),
  name: z.string(),
  role: RoleName,
  createdAt: Timestamp,
  token: z.string().regex(/^tro_/),
})
export type OperatorTokenView = z.infer<typeof OperatorTokenView>

/** A token as lists show it: without its text, which nobody has any more. */
export const OperatorTokenSummary = OperatorTokenView.omit({ token: true }).extend({
  status: z.enum(['active', 'revoked']),
})
export type OperatorTokenSummary = z.infer<typeof OperatorTokenSummary>

/** `GET /api/v1/operator-tokens`; `DELETE /api/v1/operator-tokens/{token}` revokes one. */
export const OperatorTokenPage = pageOf(OperatorTokenSummary)
export type OperatorTokenPage = z.infer<typeof OperatorTokenPage>

export const EnrolmentTokenSummary = EnrolmentTokenView.omit({ token: true })
export type EnrolmentTokenSummary = z.infer<typeof EnrolmentTokenSummary>

/** `GET /api/v1/enrolment-tokens`; `DELETE /api/v1/enrolment-tokens/{token}` takes back what is left of one. */
export const EnrolmentTokenPage = pageOf(EnrolmentTokenSummary)
export type EnrolmentTokenPage = z.infer<typeof EnrolmentTokenPage>
