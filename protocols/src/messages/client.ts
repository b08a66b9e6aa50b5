/** Control messages from a client to the coordinator. Rules [C…] of docs/protocol.md. */
import * as z from 'zod/mini'
import {
  AdvertiseMessage,
  ConfirmMessage,
  RefuseMessage,
  ShareMessage,
  UnmaskMessage,
} from '../secagg/messages.ts'
import { Accept, Authenticate, CheckIn, Decline, Failed, Leave, Progress } from './plain-client.ts'

export const ClientMessage = z.discriminatedUnion('type', [
  Authenticate,
  CheckIn,
  Accept,
  Decline,
  Progress,
  Failed,
  Leave,
  AdvertiseMessage,
  ShareMessage,
  ConfirmMessage,
  UnmaskMessage,
  RefuseMessage,
])
export type ClientMessage = z.infer<typeof ClientMessage>
