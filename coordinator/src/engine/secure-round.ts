import { type EncodedPublicKey, encodeNonce } from '@tributary/protocols/crypto'
import type { Random } from '@tributary/protocols/runtime'
import { type Manifest, seedPartCommitment } from '@tributary/protocols/secagg'
import { manifestOfRound } from '@tributary/protocols/secure-round'
import { assignmentOf, carriedByClients, secureGroupsOf, travelling } from '@tributary/protocols/task'
import type { Store } from '../ports/store.ts'
import type { Round } from '../round/round.ts'
import { carriedFrom } from './carried.ts'

/** What a group of a secure round commits to, and the secret half of its graph's seed. */
export type SecureRound = { manifest: Manifest; seedPart: Uint8Array }

/** Makes what each group of a round commits to, where its task has secure aggregation and enough clients have been drawn. */
export const createSecureRounds =
  ({
    store,
    random,
    coordinator,
  }: {
    store: Pick<Store, 'tasks' | 'models'>
    random: Random
    coordinator: EncodedPublicKey
  }) =>
  async (round: Round, clients: number): Promise<SecureRound[] | undefined> => {
    const task = await store.tasks.get(round.task)
    const { file } = task ?? {}
    if (file?.privacy.mode !== 'secure-aggregation') return undefined
    const { refines } = round
    if (clients < (refines?.clients ?? file.cohort.quorum)) return undefined
    const { least, most } = refines
      ? { least: refines.clients, most: refines.clients }
      : secureGroupsOf(file.cohort, file.privacy)
    const base = carriedByClients(file.strategy) && (await store.models.get(round.task, round.base.version))
    const carried = base && carriedFrom(file, base)
    const groups = Math.ceil(clients / most)
    return Array.from({ length: groups }, (_, group) => {
      const seedPart = random.bytes(32)
      const manifest = manifestOfRound(assignmentOf(travelling(file)), {
        task: round.task,
        round: round.id,
        model: round.base.digest,
        plan: round.assignment,
        ...(carried && {
          carried: { since: carried.since, ...(carried.control && { control: carried.control.digest }) },
        }),
        cohort: { least, most },
        group: groups > 1 ? group : undefined,
        coordinator,
        seedCommitment: encodeNonce(seedPartCommitment(seedPart)),
        clip: round.clip,
        refines: refines?.round,
      })
      return { manifest, seedPart }
    })
  }
