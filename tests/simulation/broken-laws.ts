/** Coordinators that break one law each, by a part that stands where a port should. The laws' tests must see every one. */
import { type Files, memoryBlobs } from '@tributary/coordinator'
import { ModelVersion } from '@tributary/protocols'
import type { TaskFile } from '@tributary/protocols/task'
import type { Breakage } from './host.ts'
import type { Change, Member, Store } from './ports.ts'
import type { WorldPrivacy } from './world-plan.ts'

export type BrokenLaw = {
  name: string
  breakage: Breakage
  /** A world in which it shows, where the first ones do not. */
  seed?: number
  /** In worlds of which kind it is looked for. */
  privacy?: WorldPrivacy
  /** What is reported of it; anything else would be luck. */
  seenAs: RegExp
}

export const brokenLaws: readonly BrokenLaw[] = [
  {
    name: 'an update is acknowledged before it is saved',
    breakage: { store: (store, { later }) => answeredEarly(store, later, receives) },
    seenAs: /holds a receipt for .* that the tables do not/,
  },
  {
    name: 'a round acts before it is saved',
    seed: 3,
    breakage: {
      store: (store, { later }) => answeredEarly(store, later, (change) => movesTo(change, 'training')),
    },
    // Whom to invite is read from the tables: what is not saved invites nobody, and the round comes to nothing.
    seenAs:
      /which the tables do not say|saved before|went from|is not that of its members|holds a receipt for .* that the tables do not|the wanted rounds did not complete/,
  },
  {
    name: 'clients are told of an end that is not saved',
    breakage: {
      store: (store, { later }) =>
        answeredEarly(store, later, (change) => movesTo(change, 'completed') || movesTo(change, 'abandoned')),
    },
    seenAs: /which the tables do not (say|have)|destroyed while it is/,
  },
  {
    name: 'a blob is said to be kept before it is durable',
    breakage: {
      updates: (updates, { later }) => ({
        ...updates,
        async stage(source, limit) {
          const staged = await updates.stage(source, limit)
          const bytes = await staged.read()
          return {
            ...staged,
            keep: async () => later(5_000, async () => void (await updates.put(bytes))),
          }
        },
      }),
    },
    seenAs: /counts an update of .* that is not durable/,
  },
  {
    name: 'updates are deleted before their round is saved as completed',
    breakage: {
      store: (store, { updates }) => ({
        ...store,
        async commit(changes) {
          for (const change of changes)
            if (movesTo(change, 'completed') && change.kind === 'save-round')
              for (const member of await store.members.ofRound(change.round.id))
                if (member.status === 'received') await updates.delete(member.receipt.envelope)
          await store.commit(changes)
        },
      }),
    },
    seenAs: /was deleted while .* owes it/,
  },
  {
    name: 'an effect destroys what it reads',
    breakage: {
      updates: (updates) => ({
        ...updates,
        async read(digest) {
          const bytes = await updates.read(digest)
          await updates.delete(digest)
          return bytes
        },
      }),
    },
    seenAs: /was deleted while .* owes it/,
  },
  {
    name: 'a round’s key is destroyed while updates are sealed to it',
    breakage: {
      store: (store) => ({
        ...store,
        async commit(changes) {
          await store.commit(changes)
          for (const change of changes)
            if (movesTo(change, 'aggregating') && change.kind === 'save-round')
              await store.commit([{ kind: 'destroy-round-key', round: change.round.id }])
        },
      }),
    },
    seenAs: /was destroyed while it is aggregating/,
  },
  {
    name: 'a round’s key outlives it',
    breakage: {
      store: (store) =>
        withChanges(store, (changes) => changes.filter(({ kind }) => kind !== 'destroy-round-key')),
    },
    seenAs: /has settled and its key is there/,
  },
  {
    name: 'an update outlives its round',
    breakage: { updates: (updates) => ({ ...updates, delete: async () => {} }) },
    seenAs: /has settled and the update of .* is there/,
  },
  {
    name: 'updates are folded in the order in which they came',
    seed: 3,
    breakage: { store: (store) => withMembers(store, (members) => members.toSorted(byArrival)) },
    seenAs: /are not the fold of its/,
  },
  {
    name: 'an update is folded twice',
    breakage: {
      store: (store) =>
        withMembers(store, (members) => {
          const first = members.find(({ status }) => status === 'received')
          return first ? [first, ...members] : members
        }),
    },
    seenAs: /are not the fold of its|counts \d+ examples/,
  },
  {
    name: 'a round completes without its quorum',
    seed: 3,
    breakage: {
      store: (store) => withCohort(store, (cohort) => ({ ...cohort, quorum: 1 })),
    },
    seenAs: /without quorum/,
  },
  {
    name: 'a member’s row is lost',
    breakage: {
      store: (store) => withChanges(store, (changes) => changes.filter((change) => !receives(change))),
    },
    seenAs: /is not that of its members|holds a receipt for .* that the tables do not/,
  },
  {
    name: 'a repeated update is answered with another receipt',
    seed: 26,
    breakage: {
      store: (store) => ({
        ...store,
        members: {
          ...store.members,
          async get(round, client) {
            const member = await store.members.get(round, client)
            if (member?.status !== 'received') return member
            return { ...member, receipt: { ...member.receipt, receivedAt: member.receipt.receivedAt + 1 } }
          },
        },
      }),
    },
    seenAs: /holds a receipt for .* that the tables do not|two different receipts/,
  },
  {
    name: 'an end is not audited',
    breakage: {
      store: (store) =>
        withChanges(store, (changes) => changes.filter(({ kind }) => kind !== 'append-audit')),
    },
    seenAs: /the audit log says 0 times/,
  },
  {
    name: 'a timer that was given up rings on',
    breakage: {
      clock: (clock) => ({
        ...clock,
        wakeAt(at, wake) {
          clock.wakeAt(at, wake)
          return () => {}
        },
      }),
    },
    seenAs: /a coordinator (that stopped|without a round at work|with nothing left to do) has \d+ timers/,
  },
  {
    name: 'a timer outlives its round',
    breakage: {
      clock: (clock) => ({
        ...clock,
        wakeAt(at, wake) {
          const cancel = clock.wakeAt(at, wake)
          // Deadlines of rounds, but no line's: what is said on it has half a minute.
          return at - clock.now() > 31_000 ? () => {} : cancel
        },
      }),
    },
    seenAs: /a coordinator (without a round at work|with nothing left to do) has \d+ timers/,
  },
  {
    name: 'a decision is acted on and never saved',
    breakage: {
      store: (store) => ({
        ...store,
        async commit(changes) {
          if (!changes.some((change) => movesTo(change, 'training'))) await store.commit(changes)
        },
      }),
    },
    seenAs: /was invited to .*, which the tables do not say/,
  },
  {
    name: 'an update is left out of the fold',
    seed: 3,
    breakage: {
      store: (store) =>
        withMembers(store, (members) => {
          const first = members.findIndex(({ status }) => status === 'received')
          return first < 0 ? members : members.toSpliced(first, 1)
        }),
    },
    seenAs: /are not the fold of its/,
  },
  {
    name: 'new weights are said to be kept before they are',
    seed: 4,
    breakage: {
      models: (models, { later }) => ({
        ...models,
        async put(bytes) {
          const kept = await memoryBlobs().put(bytes)
          later(60_000, async () => void (await models.put(bytes)))
          return kept
        },
      }),
    },
    seenAs: /weights of .* are not durable/,
  },
  {
    name: 'files are not synced',
    breakage: { files: (files) => withSync(files, () => false) },
    seenAs: /counts an update of .* that is not durable/,
  },
  {
    name: 'the names of files are not synced',
    breakage: { files: (files) => withSync(files, (path) => path.endsWith('.segment')) },
    seenAs: /counts an update of .* that is not durable/,
  },
  {
    name: 'a round begins from an old version',
    breakage: {
      store: (store) => ({
        ...store,
        models: { ...store.models, latest: (task) => store.models.get(task, ModelVersion.parse(1)) },
      }),
    },
    // The tables refuse such a round themselves, so none begins.
    seenAs: /begins from version 1, the newest is|the wanted rounds did not complete/,
  },
  {
    name: 'a deadline comes before its time',
    breakage: {
      store: (store) =>
        withCohort(store, (cohort) => ({ ...cohort, trainingSeconds: cohort.trainingSeconds / 2 })),
    },
    seenAs: /has another deadline than its task says/,
  },
  {
    name: 'more clients are invited than are wanted',
    breakage: {
      store: (store) =>
        withCohort(store, (cohort) => ({ ...cohort, overSelection: 2 * cohort.overSelection })),
    },
    seenAs: /invites \d+ clients/,
  },
  {
    name: 'a masked vector is acknowledged and not in the sum',
    privacy: 'secure',
    breakage: { store: (store) => withAggregating(store, (survivors) => survivors.slice(1)) },
    seenAs: /sums the vectors of \d+ clients and has acknowledged/,
  },
  {
    name: 'a masked vector is summed twice',
    privacy: 'secure',
    breakage: {
      store: (store) =>
        withMembers(store, (members) => {
          const first = members.find(({ status }) => status === 'received')
          return first ? [first, ...members] : members
        }),
    },
    seenAs: /acknowledged updates of .* are lost|are not the fold of its/,
  },
  {
    name: 'what was said in a session outlives it',
    privacy: 'secure',
    breakage: {
      store: (store) =>
        withChanges(store, (changes) => changes.filter(({ kind }) => kind !== 'erase-session')),
    },
    seenAs: /has settled and what was said in its session is there/,
  },
  {
    name: 'a restarted coordinator begins a step anew',
    privacy: 'secure',
    breakage: {
      store: (store) => ({
        ...store,
        rounds: {
          ...store.rounds,
          async get(id) {
            const round = await store.rounds.get(id)
            return round?.phase === 'secure-training'
              ? {
                  ...round,
                  groups: round.groups.map((group) => ({ ...group, deadlineAt: group.deadlineAt + 1_000 })),
                }
              : round
          },
        },
      }),
    },
    seenAs: /has another deadline for \w+ than it had/,
  },
  {
    name: 'a stale update counts in full',
    privacy: 'buffered',
    breakage: {
      store: (store) =>
        withBuffer(store, (mode) => ({
          ...mode,
          staleness: { kind: 'constant', most: mode.staleness.most },
        })),
    },
    seenAs: /are not the fold of its/,
  },
  {
    name: 'an update counts however far it is behind',
    privacy: 'buffered',
    breakage: {
      store: (store) =>
        withBuffer(store, (mode) => ({ ...mode, staleness: { ...mode.staleness, most: 1_000 } })),
    },
    seenAs: /has a member that is \d+ versions behind/,
  },
  {
    name: 'more clients are at work than may be',
    privacy: 'buffered',
    breakage: {
      store: (store) => withBuffer(store, (mode) => ({ ...mode, concurrency: mode.concurrency + 1 })),
    },
    seenAs: /has \d+ clients at work, and may have/,
  },
  {
    name: 'a key is destroyed that somebody at work seals to',
    privacy: 'buffered',
    breakage: {
      store: (store) =>
        withMembers(store, (members) =>
          members.filter(({ status }) => status !== 'invited' && status !== 'accepted'),
        ),
    },
    seenAs: /was destroyed while somebody is at work for it/,
  },
]

/** Sums that leave somebody out. */
const withAggregating = (store: Store, leave: (survivors: number[]) => number[]): Store =>
  withChanges(store, (changes) =>
    changes.map((change) => {
      if (change.kind !== 'save-round' || change.round.phase !== 'aggregating') return change
      const { sessions } = change.round
      return sessions
        ? {
            ...change,
            round: {
              ...change.round,
              sessions: sessions.map((session) => ({ ...session, survivors: leave(session.survivors) })),
            },
          }
        : change
    }),
  )

const movesTo = (change: Change, phase: string): boolean =>
  change.kind === 'save-round' &&
  change.round.phase === phase &&
  !('debts' in change.round && change.round.debts === 'settled')

const receives = (change: Change): boolean =>
  change.kind === 'save-member' && change.member.status === 'received'

const withChanges = (store: Store, rewrite: (changes: readonly Change[]) => readonly Change[]): Store => ({
  ...store,
  commit: (changes) => store.commit(rewrite(changes)),
})

const withMembers = (store: Store, arrange: (members: Member[]) => Member[]): Store => ({
  ...store,
  members: { ...store.members, ofRound: async (round) => arrange(await store.members.ofRound(round)) },
})

/** Tasks with another file than they were made of. */
const withFile = (store: Store, rewrite: (file: TaskFile) => TaskFile): Store => ({
  ...store,
  tasks: {
    ...store.tasks,
    async get(id) {
      const task = await store.tasks.get(id)
      return task && { ...task, file: rewrite(task.file) }
    },
  },
})

type Cohort = TaskFile['cohort']
const withCohort = (store: Store, rewrite: (cohort: Cohort) => Cohort): Store =>
  withFile(store, (file) => ({ ...file, cohort: rewrite(file.cohort) }))

type Buffered = Extract<TaskFile['mode'], { kind: 'buffered' }>
const withBuffer = (store: Store, rewrite: (mode: Buffered) => Buffered): Store =>
  withFile(store, (file) => (file.mode.kind === 'buffered' ? { ...file, mode: rewrite(file.mode) } : file))

/** A disk on which only some syncs do anything. */
const withSync = (files: Files, syncs: (path: string) => boolean): Files => ({
  ...files,
  async open(path, flags, mode) {
    const file = await files.open(path, flags, mode)
    return syncs(path) ? file : { ...file, sync: async () => {} }
  },
})

/** A save that is answered at once and made a moment later, if the process is still there. */
const answeredEarly = (
  store: Store,
  later: (ms: number, work: () => Promise<void>) => void,
  these: (change: Change) => boolean,
): Store => ({
  ...store,
  async commit(changes) {
    if (!changes.some(these)) return store.commit(changes)
    later(200, () => store.commit(changes))
  },
})

/** Last come, first folded: the order of arrival, read backwards, is as good a wrong one. */
const byArrival = (a: Member, b: Member): number =>
  a.status === 'received' && b.status === 'received' ? b.receipt.receivedAt - a.receipt.receivedAt : 0
