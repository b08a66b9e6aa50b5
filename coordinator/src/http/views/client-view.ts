import { type ClientView, timestampOf } from '@tributary/protocols/rest'
import type { Client } from '../../ports/records.ts'

export const clientView = ({ enrolledAt, ...client }: Client): ClientView => ({
  ...client,
  enrolledAt: timestampOf(enrolledAt),
})
