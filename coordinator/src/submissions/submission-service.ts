import type { RoundId } from '@tributary/protocols'
import { type CompressedForm, compressedFormOf, mostCompressedBytes } from '@tributary/protocols/compression'
import { decodeKeyText, sealedBytes, type VerifySignature } from '@tributary/protocols/crypto'
import type { Clock } from '@tributary/protocols/runtime'
import { maskedBytes, type VectorLayout } from '@tributary/protocols/secagg'
import { promisedPrivacyOf } from '@tributary/protocols/secure-round'
import { manifestOf, travelling, updateManifestOf } from '@tributary/protocols/task'
import { safetensorsBytes, type TensorManifest, totalElements } from '@tributary/protocols/tensors'
import { type Submission, verifySubmission } from '@tributary/protocols/updates'
import type { RoundKeys } from '../crypto/round-keys.ts'
import type { Standing, Standings } from '../engine/standing.ts'
import { StorageError, TooLargeError } from '../faults/storage.ts'
import type { Blobs, StagedBlob } from '../ports/blobs.ts'
import type { Client } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import type { Member, Receipt } from '../round/member.ts'
import { isOpen, type Round, type SecureTraining, takesUpdates } from '../round/round.ts'
import type { SubmissionReceipt, SubmissionService } from '../services.ts'
import { extrasIn } from '../strategies/extras.ts'
import { strategyOf } from '../strategies/registry.ts'
import type { Strategy } from '../strategies/strategy.ts'
import { createLimiter } from './limiter.ts'
import { readMasked } from './masked-reader.ts'
import type { ReadUpdate } from './update-reader.ts'

type Needs = {
  clock: Clock
  store: Pick<Store, 'tasks' | 'clients'>
  /** Where an update is counted. */
  standings: Pick<Standings, 'of' | 'settled' | 'decide'>
  /** Sealed updates; apart from published blobs, so that no download can reach them. */
  updates: Blobs
  roundKeys: RoundKeys
  readUpdate: ReadUpdate
  /** Euclidean length. */
  norm(values: Float32Array): number
  verify: VerifySignature
  /** Told of every update that was refused, by its reason word. */
  refused(reason: string): void
}

/** How many received updates are held open in memory at a time to be checked. */
const CHECKED_AT_ONCE = 4

type Upload = Parameters<SubmissionService['receive']>[0]

/**
 * The door for updates. What can be refused is refused from the header, before the body is read; the body goes to
 * disk as it comes; it is then opened and checked, made durable, and counted. Only then is it acknowledged (law 5).
 */
export const createSubmissionService = (needs: Needs): SubmissionService => {
  const { standings, updates } = needs
  const checking = createLimiter(CHECKED_AT_ONCE)
  const opening = scratchSpace()
  const expectations = expectationsOf(needs.store)

  const receive = async (upload: Upload): Promise<SubmissionReceipt | Refusal> => {
    const standing = await standings.settled(upload.round, upload.client)
    if (standing?.round.task !== upload.task)
      return refuse('not-found', `task ${upload.task} has no round ${upload.round}`)
    const { round, member, between } = standing
    const known = member && receiptIn(member)
    if (known) return known
    if (between) return betweenRounds(upload.round)
    if (standing.passedOverBy) return passedOver(upload.round, baseOf(standing), standing.passedOverBy)
    const expected = await expectations(round)
    const problem =
      mismatch(upload, standing, expected.maxBytes) ??
      claimsTooLittle(upload.submission, expected) ??
      (member ? await notSigned(upload, needs) : notInvited(upload))
    if (problem) return problem
    return takeIn(upload, standing, expected)
  }

  const takeIn = async (
    upload: Upload,
    standing: Standing,
    expected: Expected,
  ): Promise<SubmissionReceipt | Refusal> => {
    const { submission } = upload
    let staged: StagedBlob
    try {
      staged = await updates.stage(upload.body, { maxBytes: submission.envelopeBytes })
    } catch (error) {
      if (!(error instanceof TooLargeError)) throw error
      return tooLarge(error.maxBytes, `more came than the ${error.maxBytes} bytes that were signed`)
    }
    try {
      if (staged.digest !== submission.envelope)
        return refuse(
          'wrong-digest',
          `the ${staged.bytes} bytes that came are not the ${submission.envelopeBytes} that were signed: send them again`,
          { about: { received: staged.digest, signed: submission.envelope } },
        )
      const checked = await checking(() => check(staged, upload, standing, expected))
      if (isRefusal(checked)) return checked
      // A body may take long to come: whoever was revoked meanwhile is not counted.
      const enrolled = await enrolledClient(upload, needs)
      if (isRefusal(enrolled)) return enrolled
      await staged.keep()
      return await count(upload, {
        envelope: staged.digest,
        bytes: staged.bytes,
        ...claimed(submission, expected),
        receivedAt: needs.clock.now(),
        ...checked,
      })
    } finally {
      await staged.discard()
    }
  }

  const check = async (
    staged: StagedBlob,
    upload: Upload,
    standing: Standing,
    { manifest, compressed, shown }: Expected,
  ): Promise<{ norm?: number } | Refusal> => {
    const { round } = standing
    const envelope = await staged.read()
    // Asked for last: a round that ends meanwhile destroys its key, and that must not look like a bad envelope.
    const opener = await needs.roundKeys.opener(upload.round)
    if (!opener) return roundOver(upload.round)
    const { digest: model } = baseOf(standing)
    const context = { task: round.task, round: upload.round, client: upload.client, model }
    const { claims } = upload.submission
    return opening(envelope.length, (scratch) => {
      if (round.phase === 'secure-training' && 'masked' in claims) {
        const { masked } = claims
        const vector = readMasked({ envelope, opener, context, layout: layoutOf(round), masked, scratch })
        return isRefusal(vector) ? vector : {}
      }
      const values = needs.readUpdate({ envelope, opener, context, manifest, compressed, scratch })
      if (isRefusal(values)) return values
      return shown === undefined ? {} : { norm: needs.norm(values.subarray(0, shown)) }
    })
  }

  const count = async ({ round, client }: Upload, receipt: Receipt): Promise<SubmissionReceipt | Refusal> => {
    const decided = await standings.decide(round, client, { type: 'update-received', client, receipt })
    const decision = decided?.outcome ?? { kind: 'refused', reason: 'round-over' }
    if (decision.kind === 'changed')
      return { round, client, envelope: receipt.envelope, receivedAt: receipt.receivedAt }
    // Another request of this client may have been counted meanwhile, and may have ended the training.
    const now = await standings.of(round, client)
    const first = now?.member && receiptIn(now.member)
    // What is kept of a round's updates once it has ended, nothing would delete.
    if (first?.envelope !== receipt.envelope || !now || !isOpen(now.round))
      await updates.delete(receipt.envelope)
    if (first) return first
    if (now?.between) return betweenRounds(round)
    if (decision.kind === 'refused' && decision.reason === 'dropped')
      return refuse(
        'bad-vector',
        `what client ${client} said of its vector does not hold: the round goes on without it`,
      )
    return decision.kind === 'refused' && decision.reason === 'not-invited'
      ? notInvited({ round, client })
      : roundOver(round)
  }

  return {
    async receive(upload) {
      const answer = await receive(upload).catch((error: unknown) => {
        if (error instanceof StorageError && error.full)
          return refuse('storage-full', 'the coordinator has no room for the update: try again later')
        throw error
      })
      if (isRefusal(answer)) needs.refused(answer.refused)
      return answer
    },
  }
}

const receiptIn = (member: Member): SubmissionReceipt | undefined => {
  if (member.status !== 'received') return undefined
  const { envelope, receivedAt } = member.receipt
  return { round: member.invitation?.round ?? member.round, client: member.client, envelope, receivedAt }
}

/**
 * What a receipt holds of the client's claims: of a masked vector, which one it is and nothing of what is in it. Where the task promises
 * differential privacy every update counts alike, and what a client says of its data beside it is under no noise: it is not kept.
 */
const claimed = ({ claims }: Submission, { promisesPrivacy }: Pick<Expected, 'promisesPrivacy'>) => {
  if ('masked' in claims) return { masked: claims.masked }
  return promisesPrivacy
    ? { examples: 1, metrics: {} }
    : { examples: claims.examples, metrics: claims.metrics }
}

/** What the header alone gives away. */
const mismatch = (
  { submission, task, round, client, announcedBytes }: Upload,
  standing: Standing,
  maxBytes: number,
) => {
  const { round: state } = standing
  const { digest } = baseOf(standing)
  if (submission.client !== client)
    return refuse('wrong-client', `the submission is signed as ${submission.client}, not as ${client}`)
  if (submission.task !== task || submission.round !== round)
    return refuse('wrong-round', `the submission is signed for round ${submission.round}, not for ${round}`)
  if (submission.model !== digest)
    return refuse('wrong-model', `round ${round} trains ${digest}, not ${submission.model}`)
  if (!takesUpdates(state) || isOfAnother(standing, round)) return roundOver(round)
  if ((state.phase === 'secure-training') !== 'masked' in submission.claims)
    return refuse(
      'wrong-claims',
      state.phase === 'secure-training'
        ? `round ${round} sums masked vectors: claims are in the vector, and nothing but the vector is named`
        : `round ${round} takes updates whose claims are open`,
    )
  if (submission.envelopeBytes > maxBytes || (announcedBytes ?? 0) > maxBytes) return tooLarge(maxBytes)
  return undefined
}

/** What the task's strategy cannot do without. */
const claimsTooLittle = ({ claims }: Submission, { needs }: Pick<Expected, 'needs'>) => {
  if ('masked' in claims) return undefined
  // A control variate is no claim: it is among the tensors, which are checked once they are opened.
  const claimable = needs.filter((name) => name !== 'control')
  const extras = extrasIn(claimable, claims.metrics)
  return 'missing' in extras
    ? refuse('wrong-claims', `the task’s strategy needs more of an update than its delta: ${extras.missing}`)
    : undefined
}

/** The client's row, or a refusal where it may not take part (any more). */
const enrolledClient = async (
  { client }: Pick<Upload, 'client'>,
  { store }: Pick<Needs, 'store'>,
): Promise<Client | Refusal> => {
  const enrolled = await store.clients.get(client)
  return enrolled?.status === 'active'
    ? enrolled
    : refuse('forbidden', `client ${client} is ${enrolled ? 'revoked' : 'not enrolled'}`)
}

const notSigned = async (upload: Upload, needs: Needs): Promise<Refusal | undefined> => {
  const { client, submission } = upload
  const enrolled = await enrolledClient(upload, needs)
  if (isRefusal(enrolled)) return enrolled
  return verifySubmission(submission, decodeKeyText(enrolled.publicKey), needs.verify)
    ? undefined
    : refuse('bad-signature', `the signature is not that of client ${client} over this submission`)
}

const notInvited = ({ round, client }: Pick<Upload, 'round' | 'client'>) =>
  refuse('not-invited', `client ${client} was not invited to round ${round}`)

const roundOver = (round: RoundId) =>
  refuse('round-over', `round ${round} no longer takes updates`, { about: { round } })

/** What the client was to train from. */
const baseOf = ({ round, member }: Standing) => member?.invitation?.base ?? round.base

/** A client that a buffered round has taken over answers to the invitation that it has, and not to the round by its own name. */
const isOfAnother = ({ member }: Standing, round: RoundId): boolean =>
  member !== undefined && (member.invitation?.round ?? member.round) !== round

const betweenRounds = (round: RoundId) =>
  refuse(
    'unavailable',
    `what round ${round} has left at work is counted by the next round, which has yet to begin`,
    {
      about: { round },
    },
  )

const passedOver = (round: RoundId, base: Round['base'], by: Round) =>
  refuse(
    'round-over',
    `round ${by.id} went on without what was trained for round ${round}: its time was over, or it is too far behind, by ${by.base.version - base.version} versions; check in, and train from the newest`,
    { about: { round, behind: by.base.version - base.version } },
  )

const tooLarge = (maxBytes: number, detail = `an update of this task has at most ${maxBytes} bytes`) =>
  refuse('too-large', detail, { about: { maxBytes } })

/** An update with other tensor names has a longer header: with this much room it is refused by name, not by size. */
const HEADER_ROOM_BYTES = 16_384

type Expected = {
  manifest: TensorManifest
  /** How they are compressed, if they are. */
  compressed: CompressedForm | undefined
  /** How many values from the first on are the delta, where its norm is for people to see. */
  shown: number | undefined
  maxBytes: number
  promisesPrivacy: boolean
  /** What the strategy needs of an update beside its delta. */
  needs: Strategy['needs']
}

/** The tensors that updates of a round's task have, and how large they can be; worked out once a task. */
const expectationsOf = (store: Pick<Store, 'tasks'>) => {
  const known = new Map<string, Expected>()
  return async (round: Round): Promise<Expected> => {
    const expected = await ofUpdates(round)
    // A masked vector has one length, whatever is in it.
    return round.phase === 'secure-training'
      ? { ...expected, maxBytes: sealedBytes(maskedBytes(layoutOf(round))) }
      : expected
  }

  async function ofUpdates(round: Round) {
    const before = known.get(round.task)
    if (before) return before
    const task = await store.tasks.get(round.task)
    if (!task) throw new Error(`round ${round.id} has no task`)
    const file = travelling(task.file)
    const manifest = updateManifestOf(file)
    const compressed = compressedFormOf(file)
    const promisesPrivacy = promisedPrivacyOf(task.file) !== undefined
    const expected: Expected = {
      manifest,
      compressed,
      shown: compressed || promisesPrivacy ? undefined : totalElements(manifestOf(file.model)),
      maxBytes: sealedBytes(
        compressed ? mostCompressedBytes(compressed) : safetensorsBytes(manifest) + HEADER_ROOM_BYTES,
      ),
      promisesPrivacy,
      needs: strategyOf(task.file.strategy).needs,
    }
    known.set(round.task, expected)
    return expected
  }
}

/** A larger update is opened into memory of its own. */
const MOST_SCRATCH_BYTES = 8 * 1_024 * 1_024

/**
 * One place to open updates in that are only looked at. Fresh memory for each would cost more than opening them: page
 * faults, and garbage collections that the size of the buffers brings on. What was opened is wiped.
 */
const scratchSpace = () => {
  let scratch = new Uint8Array()
  return <T>(bytes: number, look: (scratch: Uint8Array) => T): T => {
    if (scratch.length < bytes && bytes <= MOST_SCRATCH_BYTES) scratch = new Uint8Array(bytes)
    try {
      return look(scratch)
    } finally {
      scratch.fill(0, 0, bytes)
    }
  }
}

/** Vectors of all groups are of one layout. */
const layoutOf = ({ groups: [first] }: SecureTraining): VectorLayout => {
  if (!first) throw new Error('a secure round has at least one group')
  return first.session.manifest.vector
}
