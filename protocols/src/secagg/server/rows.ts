/**
 * What is kept of a session beside its state: each client's message of each step, and the roster, once. A row is
 * written once, by the decision that accepted it, and with the state in one transaction.
 */
import * as z from 'zod/mini'
import { EncodedNonce, EncodedSignature } from '../../crypto/encoded.ts'
import { ClientId } from '../../ids.ts'
import { AdvertiseMessage, ConfirmMessage, MaskedMessage, ShareMessage, UnmaskMessage } from '../messages.ts'

/** What the coordinator settled when the roster was closed. */
export const SessionRecord = z.strictObject({
  type: z.literal('secagg-session'),
  session: EncodedNonce,
  /** Which of the round's groups; left out where there is one alone. */
  group: z.optional(z.int().check(z.minimum(0))),
  /** Clients by member, ascending. */
  clients: z.array(ClientId),
  seedPart: EncodedNonce,
  /** The seed of the graph, that follows from the part and the roster. */
  graphSeed: EncodedNonce,
  degree: z.int(),
  threshold: z.int(),
  leaves: z.string(),
  signature: EncodedSignature,
})
export type SessionRecord = z.infer<typeof SessionRecord>

const StepMessage = z.discriminatedUnion('type', [
  AdvertiseMessage,
  ShareMessage,
  MaskedMessage,
  ConfirmMessage,
  UnmaskMessage,
])
/** What a client says in one of the steps. */
export type StepMessage = z.infer<typeof StepMessage>

/** One row; unique on client and type of message, or on the group whose session's record it is. */
export const Row = z.union([z.strictObject({ client: ClientId, message: StepMessage }), SessionRecord])
export type Row = z.infer<typeof Row>

/** The rows of a round's sessions; a machine is given those of its group, whose record is the one it asks for. */
export type Rows = {
  session(group?: number): SessionRecord | undefined
  advertisement(client: ClientId): AdvertiseMessage | undefined
  shares(client: ClientId): ShareMessage | undefined
  input(client: ClientId): MaskedMessage | undefined
  confirmation(client: ClientId): ConfirmMessage | undefined
  answer(client: ClientId): UnmaskMessage | undefined
}

/** Rows in memory, filled from wherever they rest; `keep` takes those of each decision. */
export const createRows = (kept: Iterable<Row> = []): Rows & { keep(row: Row): void } => {
  const records = new Map<number, SessionRecord>()
  const advertisements = new Map<ClientId, AdvertiseMessage>()
  const shares = new Map<ClientId, ShareMessage>()
  const inputs = new Map<ClientId, MaskedMessage>()
  const confirmations = new Map<ClientId, ConfirmMessage>()
  const answers = new Map<ClientId, UnmaskMessage>()
  const keep = (row: Row) => {
    if ('type' in row) {
      records.set(row.group ?? 0, row)
      return
    }
    const { client, message } = row
    if (message.type === 'secagg-advertise') advertisements.set(client, message)
    else if (message.type === 'secagg-share') shares.set(client, message)
    else if (message.type === 'secagg-masked') inputs.set(client, message)
    else if (message.type === 'secagg-confirm') confirmations.set(client, message)
    else answers.set(client, message)
  }
  for (const row of kept) keep(row)
  return {
    keep,
    session: (group = 0) => records.get(group),
    advertisement: (client) => advertisements.get(client),
    shares: (client) => shares.get(client),
    input: (client) => inputs.get(client),
    confirmation: (client) => confirmations.get(client),
    answer: (client) => answers.get(client),
  }
}

/** These rows and, over them, those of decisions that are not saved yet. */
export const rowsOver = (rows: Rows, fresh: Rows): Rows => ({
  session: (group) => fresh.session(group) ?? rows.session(group),
  advertisement: (client) => fresh.advertisement(client) ?? rows.advertisement(client),
  shares: (client) => fresh.shares(client) ?? rows.shares(client),
  input: (client) => fresh.input(client) ?? rows.input(client),
  confirmation: (client) => fresh.confirmation(client) ?? rows.confirmation(client),
  answer: (client) => fresh.answer(client) ?? rows.answer(client),
})

/** What the machine of one group is to see. */
export const rowsOfGroup = (rows: Rows, group: number): Rows => ({
  ...rows,
  session: () => rows.session(group),
})

/** The row that this message would be, if there is one already. */
export const rowLike = (rows: Rows, client: ClientId, type: StepMessage['type']): StepMessage | undefined => {
  switch (type) {
    case 'secagg-advertise':
      return rows.advertisement(client)
    case 'secagg-share':
      return rows.shares(client)
    case 'secagg-masked':
      return rows.input(client)
    case 'secagg-confirm':
      return rows.confirmation(client)
    default:
      return rows.answer(client)
  }
}
