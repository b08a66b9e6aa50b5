/** Transfers between a client and the coordinator over a network that loses, cuts, repeats and flips. */
import type { Bulk } from '@tributary/client-sdk'
import { type Coordinator, isRefusal, LeaseLostError, StoppingError } from '@tributary/coordinator'
import type { Digest } from '@tributary/protocols'
import type { Clock } from '@tributary/protocols/runtime'
import type { Life } from './life.ts'
import { isPlanted, type Mischief } from './mischief.ts'
import type { Blobs, UpdateUpload } from './ports.ts'
import type { Witness } from './witness.ts'

export type Upload = Parameters<Bulk['upload']>[0]
type UploadAnswer = Awaited<ReturnType<Bulk['upload']>>

/** The process that answers at the moment, if one does. */
export type Serving = {
  life: Life
  coordinator: Coordinator
  /** The blobs as it opened them. */
  left: { updates: Blobs }
  /** Lines that have yet to say who they are. */
  strangers: Set<unknown>
}

type Around = {
  clock: Clock
  mischief: Mischief
  witness: Witness
  serving(): Serving | undefined
  noted(what: string): void
}

const INTERRUPTED = { kind: 'interrupted' } as const

export const faultyBulk = (around: Around): Bulk => {
  const { mischief, serving, noted, clock } = around
  /** What came of downloads before their lines were cut: the next one goes on there. */
  const partial = new Map<Digest, Uint8Array>()
  return {
    async download({ digest }, session, signal) {
      await delay(around)
      signal.throwIfAborted()
      const server = serving()
      if (!server || mischief.happens('downloadLost')) return INTERRUPTED
      const answer = answering(
        server,
        async () => {
          const { access, models } = server.coordinator.services
          if (isRefusal(access.session(session.token))) return { kind: 'unauthenticated' as const }
          const blob = await models.published(digest)
          if (isRefusal(blob)) return { kind: 'refused' as const, detail: blob.detail }
          const before = partial.get(digest) ?? new Uint8Array()
          const left = blob.bytes - before.length
          const cutAfter = mischief.happens('downloadCut') ? mischief.chance.whole(0, left) : left
          const bytes = await takeFrom(blob, before, before.length + cutAfter)
          if (cutAfter < left) {
            noted(`download cut after ${bytes.length} of ${blob.bytes} bytes`)
            partial.set(digest, bytes)
            return INTERRUPTED
          }
          partial.delete(digest)
          return { kind: 'received' as const, bytes }
        },
        around,
      )
      return untilAborted(answer, signal)
    },
    async upload(upload, signal) {
      await delay(around)
      signal.throwIfAborted()
      if (mischief.happens('uploadRequestLost')) return INTERRUPTED
      const attempt = () => {
        const server = serving()
        return server
          ? answering(server, () => receive(server, upload, around), around)
          : Promise.resolve(INTERRUPTED)
      }
      if (mischief.happens('uploadRepeated')) {
        const afterMs = mischief.chance.pick([0, 0, 50, 5_000, 90_000])
        noted(`upload to ${upload.round} repeated after ${afterMs} ms`)
        if (afterMs === 0) void attempt()
        else clock.wakeAt(clock.now() + afterMs, () => void attempt())
      }
      const answer = await untilAborted(attempt(), signal)
      await delay(around)
      signal.throwIfAborted()
      if (!mischief.happens('uploadAnswerLost')) return answer
      noted(`answer to an upload to ${upload.round} lost`)
      return INTERRUPTED
    },
  }
}

type Published = Exclude<
  Awaited<ReturnType<Coordinator['services']['models']['published']>>,
  { refused: unknown }
>

/** The bytes that are there already, and those up to `end` from the coordinator. */
const takeFrom = async (blob: Published, before: Uint8Array, end: number): Promise<Uint8Array> => {
  const bytes = new Uint8Array(end)
  bytes.set(before)
  let have = before.length
  if (have === blob.bytes) return bytes
  for await (const part of blob.stream({ start: have, end: blob.bytes - 1 })) {
    const taken = part.subarray(0, end - have)
    bytes.set(taken, have)
    have += taken.length
    if (have === end) break
  }
  return bytes
}

const receive = async (
  server: Serving,
  upload: Upload,
  { witness, ...around }: Around,
): Promise<UploadAnswer> => {
  const { task, round, client, submission, envelope, session } = upload
  const { access, submissions } = server.coordinator.services
  const holder = access.session(session.token)
  if (isRefusal(holder)) return { kind: 'unauthenticated' }
  if (holder !== client) return { kind: 'refused', detail: 'forbidden' }
  const announcedBytes = around.mischief.chance.happens(0.5) ? envelope.length : undefined
  const { body, damaged } = bodyOf(envelope, around)
  const arrived = witness.arriving(submission.envelope)
  server.life.atEnd(arrived)
  const receipt = await submissions
    .receive({ task, round, client, submission, announcedBytes, body })
    .finally(arrived)
  if (!isRefusal(receipt)) {
    witness.acknowledged(receipt)
    return { kind: 'received', receipt }
  }
  around.noted(`upload of ${client} to ${round} refused: ${receipt.refused}`)
  switch (receipt.refused) {
    case 'round-over':
      return { kind: 'round-over' }
    case 'storage-full':
    case 'unavailable':
      return INTERRUPTED
    case 'wrong-digest':
    case 'too-large':
      // A network that changed the bytes is met with another try; TLS would have broken the connection.
      return damaged ? INTERRUPTED : { kind: 'refused', detail: receipt.detail }
    default:
      return { kind: 'refused', detail: receipt.detail }
  }
}

class BodyCut extends Error {
  override name = 'BodyCut'
}

/** The envelope's bytes as they come in: whole, in parts, cut off with or without a word, or changed on the way. */
const bodyOf = (envelope: Uint8Array, { mischief, clock }: Pick<Around, 'mischief' | 'clock'>) => {
  const { chance } = mischief
  const bytes = envelope.slice()
  const cutAt = mischief.happens('uploadBodyCut') ? chance.whole(0, bytes.length) : undefined
  const shorter = mischief.happens('uploadTruncated') ? chance.whole(0, bytes.length - 1) : bytes.length
  if (mischief.happens('uploadFlipped')) {
    const at = chance.whole(0, bytes.length - 1)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.whole(0, 7))
  }
  const split = chance.whole(0, shorter)
  const slow = mischief.happens('clientStalls')
    ? chance.between(4_000, 120_000)
    : chance.happens(0.6)
      ? chance.between(0, 4_000)
      : 0
  const body = async function* (): UpdateUpload['body'] {
    const end = Math.min(cutAt ?? shorter, shorter)
    yield bytes.subarray(0, Math.min(split, end))
    if (slow > 0) await new Promise<void>((resolve) => void clock.wakeAt(clock.now() + slow, resolve))
    if (split < end) yield bytes.subarray(split, end)
    if (cutAt !== undefined) throw new BodyCut('the connection was cut')
  }
  const damaged = shorter < bytes.length || bytes.some((byte, i) => byte !== envelope[i])
  return { body: body(), damaged }
}

/** That nobody drives the task for a while is answered like a stop: try again. */
const EXPECTED = [BodyCut, StoppingError, LeaseLostError]

/** What a process answers before it ends. A fault is the HTTP layer's 500 or 503; only planted ones are none of its own. */
const answering = async <T extends { kind: string }>(
  { life }: Serving,
  work: () => Promise<T>,
  { witness, noted }: Pick<Around, 'witness' | 'noted'>,
): Promise<T | typeof INTERRUPTED> =>
  new Promise((resolve) => {
    life.atEnd(() => resolve(INTERRUPTED))
    work().then(
      (answer) => life.over() || resolve(answer),
      (error: unknown) => {
        if (life.over()) return
        if (!isPlanted(error) && !EXPECTED.some((kind) => error instanceof kind))
          witness.report(`a transfer met ${String(error)}`)
        noted(`transfer failed: ${String(error)}`)
        resolve(INTERRUPTED)
      },
    )
  })

const delay = async ({ clock, mischief }: Pick<Around, 'clock' | 'mischief'>): Promise<void> => {
  const ms = mischief.chance.between(0, 1_000)
  await new Promise<void>((resolve) => void clock.wakeAt(clock.now() + ms, resolve))
}

const untilAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise<T>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    work.then(resolve, reject)
  })
