import { type ClientView, timestampOf } from '@tributary/protocols/rest'
import type { PresentClient } from '../../clients/fleet.ts'
import type { Client } from '../../ports/records.ts'

export const clientView = ({ enrolledAt, ...client }: Client): ClientView => ({
  ...client,
  enrolledAt: timestampOf(enrolledAt),
})

export const presentClientView = ({ online, waitingFor, ...client }: PresentClient): ClientView => ({
  ...clientView(client),
  online,
  waitingFor,
})
