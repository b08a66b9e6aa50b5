/** Whom this client pins as its coordinator: a key from the app, or one that was learnt when it enrolled. Rule S12. */
import type { EncodedPublicKey, VerifySignature } from '@tributary/protocols/crypto'
import { CoordinatorView } from '@tributary/protocols/rest'
import { readJson, writeJson } from '../kept/json-record.ts'
import type { RecordStore } from '../ports/record-store.ts'
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
  const learnt = () => readJson(records, PIN, CoordinatorView)
  return {
    async pin() {
      const known = await learnt()
      if (given) {
        const isIt = known.is === 'read' && known.value.publicKey === given
        return pinOf(given, isIt ? known.value.id : undefined)
      }
      if (known.is === 'unreadable')
        throw untrusted(
          'what this client has kept of its coordinator cannot be read',
          'Enrol again with a token, or give `coordinatorKey`',
        )
      return known.is === 'read' ? pinOf(known.value.publicKey, known.value.id) : undefined
    },
    async learn(coordinator) {
      const { id, publicKey } = coordinator
      if (given && publicKey !== given)
        throw untrusted(
          `the coordinator that enrolled this client has the key ${publicKey}, and this app was given ${given}`,
          'Check the address with the coordinator’s operator: where its key was lost, give the new one as `coordinatorKey`',
        )
      const known = await learnt()
      if (!given && known.is === 'read' && (known.value.publicKey !== publicKey || known.value.id !== id))
        throw untrusted(
          `the coordinator that enrolled this client says that it is ${id} with the key ${publicKey}, and this client knows it as ${known.value.id} with ${known.value.publicKey}`,
          'Check the address with the coordinator’s operator: where its key was lost, give the new one as `coordinatorKey`',
        )
      await writeJson(records, PIN, coordinator)
    },
  }
}

const untrusted = (problem: string, remedy: string) =>
  new TributaryError({ code: 'untrusted-coordinator', problem, remedy })
