/**
 * Withdrawing: out of all tasks, everything of this client on this device erased, and the coordinator told. A statement for it is signed
 * before the key goes, and is all that is kept; it is handed in when the network is there. What a crash leaves is finished at the next start.
 */
import { encodeSignature, identityFromSeed, stateWithdrawal } from '@tributary/protocols/crypto'
import { type Clock, uniform } from '@tributary/protocols/runtime'
import * as z from 'zod'
import { tellWithdrawal } from '../adapters/http-withdrawal.ts'
import type { Device } from '../device/device.ts'
import { loadJson, saveJson } from '../records/json-record.ts'
import { eraseEverything, type Failure, failuresOf, notErased } from './erasure.ts'
import { COORDINATOR, WITHDRAWAL } from './withdrawal-names.ts'
import { WithdrawalRecord } from './withdrawal-record.ts'

/** `later`: the coordinator could not be reached, and is told when it can be. */
export type Withdrawn = { told: 'yes' | 'later' }

/** A training that does not heed its signal is not waited for. */
const LEAVING_MS = 5_000
const TELL_AGAIN = { firstMs: 5_000, mostMs: 3_600_000 }

/** Consent has been withdrawn already: nothing new begins. */
export const withdrawDevice = async (device: Device): Promise<Withdrawn> =>
  erase(device, () => atMost(LEAVING_MS, device.surroundings.clock, leaveAll(device)))

const erase = async (device: Device, leave: () => Promise<void>): Promise<Withdrawn> => {
  const { stores, consent } = device
  const { records } = stores
  const failures: Failure[] = []
  const noting = async (what: string, work: () => Promise<unknown>) =>
    failures.push(...(await failuresOf({ [what]: work })))

  const statements = [...((await kept(device).catch(() => undefined))?.statements ?? [])]
  await noting('the statement for the coordinator', async () => {
    const statement = await newStatement(device)
    if (statement && !statements.some(({ client }) => client === statement.client)) statements.push(statement)
  })
  await noting('that it has withdrawn', () =>
    saveJson(records, WITHDRAWAL, { step: 'erasing', statements } satisfies WithdrawalRecord),
  )
  await noting('that it has withdrawn', () => consent.keepWithdrawn())
  await leave()
  failures.push(...(await eraseEverything(stores)))
  device.forget()

  const step = failures.length === 0 ? 'telling' : 'erasing'
  const told = await tell(device, { step, statements })
  if (failures.length > 0) throw notErased(failures)
  return { told: told ? 'yes' : 'later' }
}

/** Goes on with what an earlier start has left. */
export const resumeWithdrawal = async (device: Device): Promise<void> => {
  const record = await kept(device)
  // One that cannot be read was of a withdrawal: where nobody has agreed anew since, it is done once more.
  const step = record?.step ?? ((await device.consent.whenRead()) === 'withdrawn' ? 'erasing' : 'telling')
  if (step === 'telling') return void tell(device, { step, statements: record?.statements ?? [] })
  device.consent.withdraw()
  // Nobody takes part before this is done.
  await erase(device, async () => {})
}

const kept = ({ stores }: Device) => loadJson(stores.records, WITHDRAWAL, WithdrawalRecord)

/** `undefined` where there is no key, so that no coordinator can know this client. */
const newStatement = async ({ stores, surroundings, coordinator }: Device) => {
  const seed = await stores.keys.load()
  if (!seed) return undefined
  const identity = identityFromSeed(seed, surroundings.primitives.createSigner)
  const name = coordinator() ?? (await loadJson(stores.records, COORDINATOR, z.string()))
  return { client: identity.clientId, signature: encodeSignature(stateWithdrawal(identity, name)) }
}

const leaveAll = async ({ clients }: Device) => {
  await Promise.all([...clients.values()].map((client) => client.leave()))
}

/** Hands in what there is, and again later what could not be. Resolves with whether all of it is done. */
const tell = async (
  device: Device,
  { step, statements }: WithdrawalRecord,
  attempt = 0,
): Promise<boolean> => {
  const { endpoints, surroundings, stores } = device
  const { clock, fetch, random } = surroundings
  const left: typeof statements = []
  for (const statement of statements)
    if ((await tellWithdrawal({ endpoints, fetch, clock }, statement)) === 'later') left.push(statement)
  // A store that fails keeps what was told already: told again it changes nothing.
  await failuresOf({
    [WITHDRAWAL]: () =>
      left.length === 0 && step === 'telling'
        ? stores.records.erase(WITHDRAWAL)
        : saveJson(stores.records, WITHDRAWAL, { step, statements: left } satisfies WithdrawalRecord),
  })
  if (left.length === 0) return true
  const waitMs = Math.min(TELL_AGAIN.mostMs, TELL_AGAIN.firstMs * 2 ** Math.min(attempt, 20))
  clock.wakeAt(clock.now() + waitMs * (0.5 + 0.5 * uniform(random)), () => {
    void tell(device, { step, statements: left }, attempt + 1)
  })
  return false
}

const atMost = (ms: number, clock: Clock, work: Promise<unknown>): Promise<void> =>
  new Promise((resolve) => {
    const cancel = clock.wakeAt(clock.now() + ms, resolve)
    const done = () => {
      cancel()
      resolve()
    }
    void work.then(done, done)
  })
