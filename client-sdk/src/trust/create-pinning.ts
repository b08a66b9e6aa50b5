/** Whom this client pins as its coordinator: a key from the app, or one that was learnt when it enrolled. Rule S12. */
import '../participation/lazily.ts'
import type { EncodedPublicKey, VerifySignature } from '@tributary/protocols/crypto'
import { CoordinatorView } from '@tributary/protocols/rest'
import type { RecordStore } from '../ports/record-store.ts'
import { loadJson, saveJson } from '../records/json-record.ts'
import { TributaryError } from '../tributary-error.ts'
import { modelObjections } from './model-objection.ts'
import { PIN, type Pin, type Pinning } from './pin.ts'

export type PinningNeeds = {
  records: RecordStore
  given: EncodedPublicKey | undefined
  verify?: VerifySignature
}

export const createPinning = ({ records, given, verify }: PinningNeeds): Pinning => {
  const objectionTo = modelObjections(verify)
  const pinOf = (publicKey: EncodedPublicKey, coordinator?: string): Pin => ({
    publicKey,
    ...(coordinator !== undefined && { coordinator }),
    objectionTo: (said, named) => objectionTo({ publicKey, coordinator: coordinator ?? named }, said),
  })
  const learnt = () => loadJson(records, PIN, CoordinatorView)
  return {
    async pin() {
      const known = await learnt()
      if (given) {
        return pinOf(given, known?.publicKey === given ? known.id : undefined)
      }
      // Taken for absent, it would have this client trust anybody.
      if (!known && (await records.load(PIN)))
        throw untrusted(
          'what this client has kept of its coordinator cannot be read',
          'Enrol again with a token, or give `coordinatorKey`',
        )
      return known && pinOf(known.publicKey, known.id)
    },
    async learn(coordinator) {
      const { id, publicKey } = coordinator
      if (given && publicKey !== given)
        throw untrusted(
          `the coordinator that enrolled this client has the key ${publicKey}, and this app was given ${given}`,
          'Check the address with the coordinator’s operator: where its key was lost, give the new one as `coordinatorKey`',
        )
      const known = await learnt()
      if (!given && known && (known.publicKey !== publicKey || known.id !== id))
        throw untrusted(
          `the coordinator that enrolled this client says that it is ${id} with the key ${publicKey}, and this client knows it as ${known.id} with ${known.publicKey}`,
          'Check the address with the coordinator’s operator: where its key was lost, give the new one as `coordinatorKey`',
        )
      await saveJson(records, PIN, coordinator)
    },
  }
}

const untrusted = (problem: string, remedy: string) =>
  new TributaryError({ code: 'untrusted-coordinator', problem, remedy })
