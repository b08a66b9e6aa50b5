/**
 * What is really in the tables and in the blobs, seen from beneath every fault, and the laws held against it: at every
 * save, every deletion, every message that the coordinator sends and every receipt that it gives.
 */

import { isDeepStrictEqual } from 'node:util'
import type { Round } from '@tributary/coordinator'
import { type ClientId, type Digest, numberOfRound, type RoundId } from '@tributary/protocols'
import type { CoordinatorMessage } from '@tributary/protocols/messages'
import { decodeSafetensors } from '@tributary/protocols/tensors'
import { bitsOf, type PlainUpdate, referenceFedavg } from '../fleet/reference-fedavg.ts'
import { invitedTo, isAtWork, judgeBuffer, standingOf, weighed } from './buffered-laws.ts'
import type { Blobs, Change, Member, ModelRecord, Store, SubmissionReceipt } from './ports.ts'
import { judgeStep, type Must } from './round-laws.ts'
import { createShown, judgeSecureMean, judgeSurvivors } from './secure-laws.ts'
import { Violation } from './violation.ts'
import type { WorldPlan } from './world-plan.ts'
import type { WorldStorage } from './world-storage.ts'

/** What one process keeps things in, watched. */
export type Watched = { store: Store; models: Blobs; updates: Blobs }

export type Witness = {
  /** Watches what one process does to the tables and, through the blobs that it opened, to blobs. */
  watch(blobs: { models: Blobs; updates: Blobs }): Watched
  /** An honest client has sealed this. */
  sealed(envelope: Digest, update: PlainUpdate & { round: RoundId }): void
  /** The body of an update is on its way into a process; call the answer when it has ended. */
  arriving(envelope: Digest): () => void
  said(to: ClientId, message: CoordinatorMessage): void
  acknowledged(receipt: SubmissionReceipt): void
  rounds: ReadonlyMap<RoundId, Round>
  version(): number
  /** Updates of completed buffered rounds that earlier ones had asked for. */
  takenOver(): number
  finished(): boolean
  settled(): boolean
  /** The laws that hold once a world has ended, of the sealed updates that its last process left. */
  atTheEnd(left: readonly Digest[]): Promise<void>
  /** The first law that was broken. */
  problem(): Violation | undefined
  report(problem: string): void
}

type Key = `${RoundId}/${ClientId}`
const keyOf = (round: RoundId, client: ClientId): Key => `${round}/${client}`

export const createWitness = (
  beneath: Pick<WorldStorage, 'tables' | 'lasting'>,
  { file, clients }: Pick<WorldPlan, 'file' | 'clients'>,
  noted: (what: string) => void,
): Witness => {
  const rounds = new Map<RoundId, Round>()
  /** Rounds whose training has begun. */
  const begun = new Set<RoundId>()
  const members = new Map<Key, Member>()
  /** Of each round, who has gone on after saying that no update will come. */
  const resumed = new Map<RoundId, number>()
  const versions: ModelRecord[] = []
  const keys = new Map<RoundId, string>()
  const everKeyed = new Set<RoundId>()
  const sealedUpdates = new Map<Digest, PlainUpdate & { round: RoundId }>()
  const receipts = new Map<Key, SubmissionReceipt>()
  /** How many times over each update is on its way in. */
  const arriving = new Map<Digest, number>()
  let finished = false
  let violation: Violation | undefined

  const report = (problem: string) => {
    noted(`VIOLATION ${problem}`)
    violation ??= new Violation(problem)
  }
  const must: Must = (holds, problem) => {
    if (!holds) report(problem())
  }

  const judgeShown = createShown(must)
  /** The clients of each session, by member; named by round and group. */
  const rosters = new Map<string, readonly ClientId[]>()

  const membersOf = (round: RoundId) => [...members.values()].filter((member) => member.round === round)
  const receivedOf = (round: RoundId) => membersOf(round).filter((member) => member.status === 'received')

  const standing = (round: RoundId, client: ClientId) => standingOf(members.values(), round, client)
  /** The member is at work, its update is to be sealed to this round's key, and its row is the one that stands. */
  const isOwedTo = (round: RoundId, member: Member): boolean =>
    member.invitation?.round === round &&
    isAtWork(member) &&
    standing(round, member.client)?.round === member.round &&
    !isPassedOver(member)
  /** Of a round of that number or a later one, a member is at work whose update is to be sealed to this key. */
  const namesKey = (key: RoundId, from: number): boolean =>
    [...members.values()].some(
      (member) => member.invitation?.round === key && isAtWork(member) && numberOfRound(member.round) >= from,
    )
  /** A later round has begun, and gone on without this member of the one that it follows. */
  const isPassedOver = (member: Member): boolean =>
    [...rounds.values()].some(
      ({ id, buffer }) =>
        buffer?.follows === member.round &&
        begun.has(id) &&
        standing(invitedTo(member), member.client)?.round === member.round,
    )

  const apply = (change: Change) => {
    switch (change.kind) {
      case 'insert-task':
      case 'save-task':
        finished = change.task.status === 'finished'
        return
      case 'insert-round': {
        const { round } = change
        for (const other of rounds.values())
          must(
            other.phase === 'completed' || other.phase === 'abandoned',
            () => `${round.id} began beside ${other.id}`,
          )
        must(round.number === rounds.size + 1, () => `${round.id} is not the next round`)
        const newest = versions.at(-1)
        must(
          round.base.version === newest?.version && round.base.digest === newest.weights.digest,
          () => `${round.id} begins from version ${round.base.version}, the newest is ${newest?.version}`,
        )
        must(
          round.phase === 'selecting' &&
            round.deadlineAt === round.openedAt + file.cohort.selectionSeconds * 1_000,
          () => `${round.id} waits for clients until another time than its task says`,
        )
        rounds.set(round.id, round)
        return
      }
      case 'save-round':
        judgeStep(rounds.get(change.round.id), change.round, file, clients, must)
        rounds.set(change.round.id, change.round)
        if (change.round.phase === 'training') begun.add(change.round.id)
        return
      case 'insert-session-row':
        judgeShown(change.round, change.row)
        if ('type' in change.row) rosters.set(`${change.round}/${change.row.group ?? 0}`, change.row.clients)
        return
      case 'save-member': {
        const { member } = change
        const before = members.get(keyOf(member.round, member.client))
        must(
          before?.status !== 'received' || isDeepStrictEqual(before, member),
          () => `what ${member.client} handed in to ${member.round} was replaced`,
        )
        if ((before?.status === 'declined' || before?.status === 'failed') && isAtWork(member))
          resumed.set(member.round, (resumed.get(member.round) ?? 0) + 1)
        members.set(keyOf(member.round, member.client), member)
        return
      }
      case 'insert-model':
        judgeVersion(change.model)
        versions.push(change.model)
        return
      case 'insert-round-key':
        keys.set(change.key.round, change.key.publicKey)
        everKeyed.add(change.key.round)
        return
      case 'destroy-round-key': {
        const phase = rounds.get(change.round)?.phase
        must(
          phase === 'completed' || phase === 'abandoned',
          () => `the key of ${change.round} was destroyed while it is ${phase}`,
        )
        must(
          finished || ![...members.values()].some((member) => isOwedTo(change.round, member)),
          () => `the key of ${change.round} was destroyed while somebody is at work for it`,
        )
        keys.delete(change.round)
        return
      }
      default:
    }
  }

  const judgeVersion = (model: ModelRecord) => {
    const newest = versions.at(-1)
    must(model.version === versions.length + 1, () => `version ${model.version} follows ${versions.length}`)
    must(
      model.parent === (newest?.version ?? null),
      () => `version ${model.version} has parent ${model.parent}`,
    )
    if (!newest) return
    const round = model.origin.kind === 'round' ? rounds.get(model.origin.round) : undefined
    must(
      round?.phase === 'completed' &&
        round.version.version === model.version &&
        round.version.digest === model.weights.digest &&
        round.base.version === model.parent &&
        round.base.digest === newest.weights.digest,
      () => `version ${model.version} is not what a completed round made of version ${model.parent}`,
    )
  }

  /** What must be true of every round that a commit touched, once all of it is there. */
  const judgeSaved = async (change: Change, updates: Blobs) => {
    if (change.kind === 'save-member' && change.member.status === 'received') {
      const { round, client, receipt } = change.member
      const made = sealedUpdates.get(receipt.envelope)
      must(
        made?.client === client &&
          made.round === invitedTo(change.member) &&
          ('masked' in receipt || made.examples === receipt.examples),
        () => `${round} counts an update that ${client} did not make for it`,
      )
      must(
        (await beneath.lasting.updates(receipt.envelope)) !== undefined,
        () => `${round} counts an update of ${client} that is not durable`,
      )
    }
    if (change.kind !== 'save-round') return
    const { round } = change
    if (round.phase === 'selecting') return
    const count = (status: Member['status']) =>
      membersOf(round.id).filter((member) => member.status === status).length
    const { accepted, declined, failed, received, invited } = round.tally
    must(
      invited === membersOf(round.id).length &&
        accepted === count('accepted') &&
        declined === count('declined') &&
        failed === count('failed') + count('dropped') &&
        received === count('received'),
      () => `the tally of ${round.id} is not that of its members: ${JSON.stringify(round.tally)}`,
    )
    judgeBuffer(round, membersOf(round.id), resumed.get(round.id) ?? 0, file, must)
    if (round.phase === 'aggregating' && round.sessions)
      judgeSurvivors(
        round,
        (group) => rosters.get(`${round.id}/${group}`) ?? [],
        receivedOf(round.id).map(({ client }) => client),
        must,
      )
    if (round.phase === 'completed' && round.debts === 'owed') await judgeWeights(round)
    if ((round.phase === 'completed' || round.phase === 'abandoned') && round.debts === 'settled') {
      must(
        !keys.has(round.id) || namesKey(round.id, round.number),
        () => `${round.id} has settled and its key is there`,
      )
      if (round.buffer && round.tally.invited > 0)
        for (const key of keys.keys())
          must(
            numberOfRound(key) > round.number || namesKey(key, round.number),
            () => `${round.id} has settled and the key of ${key} is there, for which nobody is at work`,
          )
      must(
        (await beneath.tables.sessions.ofRound(round.id)).length === 0,
        () => `${round.id} has settled and what was said in its session is there`,
      )
      // One that comes in again is kept again, and thrown away when it is found that its round is over.
      for (const { receipt, client } of receivedOf(round.id))
        must(
          arriving.has(receipt.envelope) || (await updates.read(receipt.envelope)) === undefined,
          () => `${round.id} has settled and the update of ${client} is there`,
        )
    }
  }

  const judgeWeights = async (round: Extract<Round, { phase: 'completed' }>) => {
    must(round.tally.received >= file.cohort.quorum, () => `${round.id} completed without quorum`)
    must(
      versions.at(-1)?.version === round.version.version,
      () => `${round.id} completed without its version in the same save`,
    )
    const base = await beneath.lasting.models(round.base.digest)
    const made = await beneath.lasting.models(round.version.digest)
    if (!base || !made) return report(`weights of ${round.id} are not durable`)
    const updates = receivedOf(round.id)
      .map((member) => {
        const update = sealedUpdates.get(member.receipt.envelope)
        return update && weighed(update, round, member, file)
      })
      .filter((update) => update !== undefined)
    const [from, to] = [decodeSafetensors(base).values, decodeSafetensors(made).values]
    must(
      file.privacy.mode === 'secure-aggregation'
        ? judgeSecureMean(to, from, updates, file)
        : String(bitsOf(referenceFedavg(from, updates))) === String(bitsOf(to)),
      () => `the weights of ${round.id} are not the fold of its ${updates.length} recorded updates`,
    )
    must(
      round.examples === updates.reduce((sum, update) => sum + update.examples, 0),
      () => `${round.id} counts ${round.examples} examples`,
    )
  }

  const commit = async (changes: readonly Change[], updates: Blobs) => {
    await beneath.tables.commit(changes)
    for (const change of changes) {
      if (change.kind === 'save-round' || change.kind === 'insert-round')
        noted(
          `saved ${change.round.id} ${change.round.phase}${'debts' in change.round ? ` ${change.round.debts}` : ''}`,
        )
      if (change.kind === 'save-member') noted(`saved ${change.member.client} ${change.member.status}`)
      apply(change)
    }
    for (const change of changes) await judgeSaved(change, updates)
  }

  const owing = (envelope: Digest): Member | undefined =>
    [...members.values()].find((member) => {
      const round = rounds.get(member.round)
      return (
        member.status === 'received' &&
        member.receipt.envelope === envelope &&
        round?.phase !== 'completed' &&
        round?.phase !== 'abandoned'
      )
    })

  const said = (to: ClientId, message: CoordinatorMessage) => {
    if (message.type === 'invitation') {
      const row = standing(message.round, to)
      const round = row && rounds.get(row.round)
      const base = row?.invitation?.base ?? round?.base
      must(
        round !== undefined &&
          round.phase !== 'selecting' &&
          base?.version === message.model.version &&
          base.digest === message.model.digest &&
          (!isInTraining(round) || keys.get(message.round) === message.publicKey),
        () => `${to} was invited to ${message.round}, which the tables do not say`,
      )
    }
    if (message.type === 'round-ended') {
      const row = standing(message.round, to)
      const round = row && rounds.get(row.round)
      const { outcome } = message
      const status = row?.status
      must(
        !round?.buffer || finished || !row || !isAtWork(row) || isPassedOver(row),
        () => `${to} is at work for ${message.round} and was told that it has ended`,
      )
      const true_ =
        outcome.kind === 'closed'
          ? round !== undefined &&
            round.phase !== 'selecting' &&
            (!isInTraining(round) ||
              status === 'declined' ||
              status === 'failed' ||
              status === 'dropped' ||
              (row !== undefined && isPassedOver(row)))
          : outcome.kind === 'completed'
            ? round?.phase === 'completed' && round.version.version === outcome.version
            : round?.phase === 'abandoned' && round.reason === outcome.reason
      must(
        true_,
        () => `${to} was told that ${message.round} is ${outcome.kind}, which the tables do not say`,
      )
    }
    if (message.type === 'model-published')
      must(
        versions[message.model.version - 1]?.weights.digest === message.model.digest,
        () => `${to} was told of version ${message.model.version}, which the tables do not have`,
      )
  }

  const acknowledged = (receipt: SubmissionReceipt) => {
    const { round, client, envelope, receivedAt } = receipt
    noted(`receipt for ${client} in ${round}`)
    const member = standing(round, client)
    must(
      member?.status === 'received' &&
        member.receipt.envelope === envelope &&
        member.receipt.receivedAt === receivedAt,
      () => `${client} holds a receipt for ${round} that the tables do not`,
    )
    const before = receipts.get(keyOf(round, client))
    must(
      !before || (before.envelope === envelope && before.receivedAt === receivedAt),
      () => `${client} was given two different receipts for ${round}`,
    )
    receipts.set(keyOf(round, client), receipt)
  }

  const settled = () =>
    [...rounds.values()].every(
      (round) => (round.phase === 'completed' || round.phase === 'abandoned') && round.debts === 'settled',
    )

  return {
    watch: ({ models, updates }) => ({
      store: { ...beneath.tables, commit: (changes) => commit(changes, updates) },
      models,
      updates: {
        ...updates,
        async delete(digest) {
          const member = owing(digest)
          must(!member, () => `the update of ${member?.client} was deleted while ${member?.round} owes it`)
          await updates.delete(digest)
        },
      },
    }),
    arriving(envelope) {
      const count = (by: number) => {
        const times = (arriving.get(envelope) ?? 0) + by
        if (times > 0) arriving.set(envelope, times)
        else arriving.delete(envelope)
      }
      let open = true
      count(1)
      return () => {
        if (open) count(-1)
        open = false
      }
    },
    sealed: (envelope, update) => void sealedUpdates.set(envelope, update),
    said,
    acknowledged,
    rounds,
    version: () => versions.length,
    takenOver: () =>
      [...rounds.values()]
        .filter(({ phase }) => phase === 'completed')
        .flatMap(({ id }) => receivedOf(id))
        .filter((member) => invitedTo(member) !== member.round).length,
    finished: () => finished,
    settled,
    async atTheEnd(left) {
      must(settled(), () => 'a round has not settled')
      for (const { round, client, envelope } of receipts.values()) {
        const counted = [...members.values()].filter(
          (member) => member.status === 'received' && member.client === client && invitedTo(member) === round,
        )
        const [only] = counted
        must(
          (only && rounds.get(only.round)?.phase === 'abandoned') ||
            (counted.length === 1 && only?.status === 'received' && only.receipt.envelope === envelope),
          () => `the acknowledged update of ${client} for ${round} is in ${counted.length} rounds`,
        )
      }
      await sameAsTables()
      for (const round of everKeyed)
        must((await beneath.tables.roundKey(round)) === undefined, () => `the key of ${round} outlived it`)
      for (const digest of left) report(`the update ${digest} outlived its round`)
    },
    problem: () => violation,
    report,
  }

  /** That nothing reached the tables but through the watched door, and nothing was lost behind it. */
  async function sameAsTables() {
    const { tables } = beneath
    const listed = await tables.rounds.list(file.id, { limit: 1_000 })
    must(
      isDeepStrictEqual([...rounds.values()].reverse(), listed),
      () => 'the rounds in the tables are not those that were saved',
    )
    for (const { id } of listed) {
      const saved = membersOf(id).sort((a, b) => (a.client < b.client ? -1 : 1))
      must(
        isDeepStrictEqual(saved, await tables.members.ofRound(id)),
        () => `the members of ${id} in the tables are not those that were saved`,
      )
    }
    must(
      isDeepStrictEqual(versions.slice().reverse(), await tables.models.list(file.id, { limit: 1_000 })),
      () => 'the versions in the tables are not those that were saved',
    )
  }
}

const isInTraining = ({ phase }: Round): boolean => phase === 'training' || phase === 'secure-training'
