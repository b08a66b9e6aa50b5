import { type EnrolmentTokenSummary, type OperatorTokenSummary, timestampOf } from '@tributary/protocols/rest'
import type { Token } from '../../ports/records.ts'

export const operatorTokenSummary = (token: Extract<Token, { kind: 'operator' }>): OperatorTokenSummary => ({
  id: token.id,
  name: token.name,
  role: token.role,
  status: token.status,
  createdAt: timestampOf(token.createdAt),
})

export const enrolmentTokenSummary = (
  token: Extract<Token, { kind: 'enrolment' }>,
): EnrolmentTokenSummary => ({
  id: token.id,
  name: token.name,
  usesLeft: token.usesLeft,
  expiresAt: timestampOf(token.expiresAt),
  createdAt: timestampOf(token.createdAt),
})
