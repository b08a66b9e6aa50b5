/** Control messages from a client to the coordinator. Rules [C…] of docs/protocol.md. */
import * as z from 'zod/mini'
import {
  AdvertiseMessage,
  ConfirmMessage,
  RefuseMessage,
  ShareMessage,
  UnmaskMessage,
} from '../secagg/messages.ts'
import { PlainClientMessage } from './plain-client.ts'

export const ClientMessage = z.discriminatedUnion('type', [
  ...PlainClientMessage.def.options,
  AdvertiseMessage,
  ShareMessage,
  ConfirmMessage,
  UnmaskMessage,
  RefuseMessage,
])
export type ClientMessage = z.infer<typeof ClientMessage>
