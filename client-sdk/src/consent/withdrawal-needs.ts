/** What a withdrawal is done with. */
import { ClientId } from '@tributary/protocols'
import {
  EncodedSignature,
  encodeSignature,
  identityFromSeed,
  stateWithdrawal,
} from '@tributary/protocols/crypto'
import { clientPaths } from '@tributary/protocols/plain-round'
import { type Clock, uniform } from '@tributary/protocols/platform'
import * as z from 'zod/mini'
import type { Gate } from '../attendance/gate.ts'
import type { Device, DeviceStores } from '../device/device.ts'
import { loadJson, saveJson } from '../records/json-record.ts'
import { TributaryError } from '../tributary-error.ts'
import type { ConsentBook } from './consent.ts'
import { CONSENT, WITHDRAWAL } from './consent-record.ts'

/** A statement of a key that is gone, to be handed in once. */
const Statement = z.strictObject({ client: ClientId, signature: EncodedSignature })
export type Statement = z.infer<typeof Statement>

/**
 * A withdrawal that is not done yet. `erasing`: it is written down before anything is erased, so that what is left after a crash is erased at
 * the next start. `telling`: all that is left is to tell the coordinator.
 */
const WithdrawalRecord = z.strictObject({
  step: z.enum(['erasing', 'telling']),
  statements: z.array(Statement).check(z.maxLength(100)),
})
export type WithdrawalRecord = z.infer<typeof WithdrawalRecord>

export type WithdrawalNeeds = {
  stores: DeviceStores
  clock: Clock
  consent: Pick<ConsentBook, 'whenRead' | 'withdraw' | 'keepWithdrawn'>
  /** A number in [0, 1) for what is left to chance. */
  chance(): number
  record: {
    load(): Promise<WithdrawalRecord | undefined>
    save(record: WithdrawalRecord): Promise<void>
    erase(): Promise<void>
  }
  /** The one timer that there is for telling again. */
  tellingAgain: Device['tellingAgain']
  /** Records that erasing spares: that it has withdrawn, and what of it is not done. */
  spared: readonly string[]
  /** `undefined` where there is no key, so that no coordinator can know this client. */
  statement(): Promise<Statement | undefined>
  /** Hands a statement in (K11). */
  post(statement: Statement, signal: AbortSignal): Promise<Response>
  /** Resolves when nothing is under way that may make a key, or a client of it. */
  admitted(): Promise<unknown>
  leaveAll(): Promise<unknown>
  /** Where several instances have this identity: the gate that is open in one of them at a time. */
  turnOf(client: ClientId): Gate | undefined
  forget(): void
  storageFailed(fault: { problem: string; remedy: string }, cause: unknown): Error
}

export const withdrawalNeeds = (device: Device): WithdrawalNeeds => {
  const { stores, consent, endpoints, surroundings } = device
  const { records } = stores
  return {
    stores,
    consent,
    clock: surroundings.clock,
    chance: () => uniform(surroundings.random),
    record: {
      load: () => loadJson(records, WITHDRAWAL, WithdrawalRecord),
      save: (record) => saveJson(records, WITHDRAWAL, record),
      erase: () => records.erase(WITHDRAWAL),
    },
    tellingAgain: device.tellingAgain,
    spared: [CONSENT, WITHDRAWAL],
    async statement() {
      const seed = await stores.keys.load()
      if (!seed) return undefined
      const identity = identityFromSeed(seed, surroundings.primitives.createSigner)
      // One that is not known, or cannot be read, is not named: the statement is good all the same.
      const pin = await device.pinning.pin().catch(() => undefined)
      return {
        client: identity.clientId,
        signature: encodeSignature(stateWithdrawal(identity, pin?.coordinator)),
      }
    },
    post: ({ client, signature }, signal) =>
      surroundings.fetch(endpoints.rest(clientPaths.withdrawal(client)), {
        method: 'POST',
        redirect: 'error',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ signature }),
        signal,
      }),
    admitted: device.admitted,
    leaveAll: () => Promise.all([...device.clients.values()].map((client) => client.leave())),
    turnOf: (client) => device.turnOf?.(client),
    forget: device.forget,
    storageFailed: (fault, cause) => new TributaryError({ code: 'storage-failed', ...fault }, { cause }),
  }
}
