/** Control messages from the coordinator to a client. Rules [S…] of docs/protocol.md. */
import * as z from 'zod/mini'
import { Manifest } from '../secagg/manifest.ts'
import { BundlesMessage, ConfirmationsMessage, RosterMessage, SurvivorsMessage } from '../secagg/messages.ts'
import {
  Challenge,
  ComeBack,
  ModelPublished,
  PlainInvitation,
  Refused,
  RoundEnded,
  Standby,
  Welcome,
} from './plain-coordinator.ts'

export const Invitation = z.strictObject({
  ...PlainInvitation.shape,
  /** Of a secure round: what it commits to. The client answers with its keys. */
  manifest: z.optional(Manifest),
})
export type Invitation = z.infer<typeof Invitation>

export const CoordinatorMessage = z.discriminatedUnion('type', [
  Challenge,
  Welcome,
  Refused,
  Standby,
  ComeBack,
  Invitation,
  RoundEnded,
  ModelPublished,
  RosterMessage,
  BundlesMessage,
  SurvivorsMessage,
  ConfirmationsMessage,
])
export type CoordinatorMessage = z.infer<typeof CoordinatorMessage>
