import type { Digest, TaskId } from '@tributary/protocols'
import type { Clock } from '@tributary/protocols/runtime'
import { WEIGHTS_DROPPED } from '../audit/actions.ts'
import type { BlobRef, Blobs } from '../ports/blobs.ts'
import type { AuditEntry } from '../ports/records.ts'
import type { Snapshot } from '../ports/snapshot.ts'
import { isAwaited } from '../round/member.ts'
import { isOpen, leftAtWorkBy } from '../round/round.ts'
import type { BesideChange } from '../storage.ts'
import { type Reference, referencesOf, subjectOf } from './references.ts'
import { all, paged } from './table-records.ts'

export type RetentionPolicy = {
  /** What was kept more recently than this many milliseconds ago stays, whoever refers to it: it may be about to be referred to. */
  graceMs: number
  /** Weights of a task's versions before its newest so many may go; all stay where there is no such number. */
  keepVersions: number | undefined
  /** Answers kept for idempotency keys go when they are this many milliseconds old: nobody repeats a request so late. */
  keepRepliesMs: number
}

/** A blob that may go. `of`: the versions whose weights it is; none where nothing refers to it. */
export type Dispensable = BlobRef & { of: string[] }

export type RetentionPlan = {
  dispensable: Dispensable[]
  /** Blobs to which nothing refers, or nothing that must stay, and that are too young to go. */
  young: number
  /** A round is making its new weights, which nothing refers to yet: unreferenced blobs wait until it is done. */
  aggregating: boolean
  /** Answers kept for idempotency keys that are old enough to go. */
  replies: number
}

type Needs = {
  clock: Pick<Clock, 'now'>
  openSnapshot(): Promise<Snapshot>
  models: Pick<Blobs, 'list' | 'delete'>
  commit(changes: readonly BesideChange[]): Promise<void>
}

/** What may go at present. Changes nothing. */
export const planRetention = async (
  { clock, openSnapshot, models }: Omit<Needs, 'commit'>,
  policy: RetentionPolicy,
): Promise<RetentionPlan> => {
  // The blobs before the tables: what comes in between is on no list, and what is on the list is looked up later.
  const held: (BlobRef & { keptAt: number })[] = []
  for await (const blob of models.list()) held.push(blob)
  const { references, spared, aggregating, replies } = await claimsOf(
    await openSnapshot(),
    policy,
    clock.now(),
  )
  const youngest = clock.now() - policy.graceMs
  const plan: RetentionPlan = { dispensable: [], young: 0, aggregating, replies }
  for (const { digest, bytes, keptAt } of held) {
    const reference = references.get(digest)
    if (reference && spared(reference)) continue
    if (reference === undefined && aggregating) continue
    if (keptAt > youngest) plan.young++
    else plan.dispensable.push({ digest, bytes, of: reference?.by ?? [] })
  }
  return plan
}

/** How long what the tables said last is good enough to delete by. */
const LOOK_AGAIN_MS = 500

/**
 * Forgets old answers, and lets go of what the plan names and is still dispensable: the audit log says so first, then the tables
 * are looked at once more, then it is deleted. May be cut short and run again.
 */
export const applyRetention = async (
  needs: Needs,
  plan: RetentionPlan,
  policy: RetentionPolicy,
): Promise<Dispensable[]> => {
  const { clock, models, commit } = needs
  const at = clock.now()
  const entry = (action: string, subject: string, detail: AuditEntry['detail']): BesideChange => ({
    kind: 'append-audit',
    entry: { at, actor: 'command-line', action, subject, detail },
  })
  if (plan.replies > 0) await commit([{ kind: 'forget-replies', before: at - policy.keepRepliesMs }])
  const drops = plan.dispensable.flatMap(({ digest, bytes, of }) =>
    of.map((version) => entry(WEIGHTS_DROPPED, version, { digest, bytes })),
  )
  if (drops.length > 0) await commit(drops)
  const gone: Dispensable[] = []
  let claims: Claims | undefined
  let lookedAt = 0
  for (const blob of plan.dispensable) {
    if (!claims || clock.now() - lookedAt > LOOK_AGAIN_MS) {
      lookedAt = clock.now()
      claims = await claimsOf(await needs.openSnapshot(), policy, lookedAt)
    }
    const { references, spared, aggregating } = claims
    const reference = references.get(blob.digest)
    if (reference ? spared(reference) : aggregating) continue
    await models.delete(blob.digest)
    gone.push(blob)
  }
  if (gone.length > 0)
    await commit([
      entry('retention.swept', 'models', {
        blobs: gone.length,
        bytes: totalBytes(gone),
        keepVersions: policy.keepVersions ?? null,
      }),
    ])
  return gone
}

export const totalBytes = (blobs: readonly BlobRef[]): number =>
  blobs.reduce((sum, { bytes }) => sum + bytes, 0)

type Claims = {
  references: Map<Digest, Reference>
  /** Whether somebody who refers to it must have it. */
  spared(reference: Reference): boolean
  aggregating: boolean
  replies: number
}

const claimsOf = async (
  snapshot: Snapshot,
  { keepVersions, keepRepliesMs }: RetentionPolicy,
  now: number,
): Promise<Claims> => {
  try {
    const references = await referencesOf(snapshot)
    const unsettled = await snapshot.rounds.unsettled()
    const spare =
      keepVersions === undefined ? undefined : await oldVersions(snapshot, keepVersions, unsettled)
    return {
      references,
      spared: ({ by, dropped }) => !dropped && (!spare || by.some((subject) => !spare.has(subject))),
      aggregating: unsettled.some(({ phase }) => phase === 'aggregating'),
      replies: await repliesBefore(snapshot, now - keepRepliesMs),
    }
  } finally {
    await snapshot.close()
  }
}

const repliesBefore = async ({ replies }: Pick<Snapshot, 'replies'>, before: number): Promise<number> => {
  let old = 0
  for await (const { at } of paged(replies, ({ scope, key }) => ({ scope, key }))) if (at < before) old++
  return old
}

/** The versions before a task's newest so many, but for those that somebody trains from: an open round, or whom a buffered one has left at work. */
const oldVersions = async (
  snapshot: Snapshot,
  keepVersions: number,
  unsettled: Awaited<ReturnType<Snapshot['rounds']['unsettled']>>,
): Promise<ReadonlySet<string>> => {
  const old = new Set<string>()
  for (const { id } of await all(snapshot.tasks.list, ({ id }) => id)) {
    const newest = await snapshot.models.latest(id)
    const bases = await atWorkFrom(snapshot, id)
    for (const round of unsettled) if (round.task === id && isOpen(round)) bases.add(round.base.version)
    for (let version = 1; version <= (newest?.version ?? 0) - keepVersions; version++)
      if (!bases.has(version)) old.add(subjectOf(id, version))
  }
  return old
}

/** The versions that members of a buffered task's latest rounds train from. */
const atWorkFrom = async ({ rounds, members }: Snapshot, task: TaskId): Promise<Set<number>> => {
  const latest = await rounds.latest(task)
  const round = latest && leftAtWorkBy(latest)
  const rows = round ? await members.ofRound(round) : []
  return new Set(
    rows.flatMap((member) =>
      member.invitation && isAwaited(member) ? [member.invitation.base.version] : [],
    ),
  )
}
