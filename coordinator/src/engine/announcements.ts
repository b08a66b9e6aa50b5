import { type ClientId, type RoundId, type TaskId, unreachable } from '@tributary/protocols'
import type { Clock } from '@tributary/protocols/runtime'
import { messageFor, rowsOfGroup } from '@tributary/protocols/secagg'
import type { Presence } from '../clients/presence.ts'
import type { ModelRecord, Task } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import type { Member } from '../round/member.ts'
import { isOpen, type Round, type SecureTraining, type Training } from '../round/round.ts'
import { groupOf, groupWith } from '../round/secure-groups.ts'
import type { AccessService } from '../services.ts'
import { carriedFrom } from './carried.ts'
import type { Engine } from './engine.ts'
import { outcomeOf } from './outcome.ts'

/** Something that clients are to be told. What exactly, and whom, follows from the tables. */
export type Notice =
  /** The members whose update is awaited are invited. */
  | { kind: 'invited'; round: RoundId }
  /** The members of a secure round who have not answered its step are asked; those it has dropped hear so. */
  | { kind: 'asked'; round: RoundId }
  /** The members whose update is not needed hear that the round has closed. */
  | { kind: 'closed'; round: RoundId }
  /** All members hear how the round ended; where it completed, all that wait hear of the new version. */
  | { kind: 'ended'; round: RoundId }
  /** All that wait hear of the task's newest version. */
  | { kind: 'published'; task: TaskId }

/** What clients are told that needs more than the round: where the bytes are, and a session to fetch them with. */
export type Announcements = {
  /** Tells whoever of them is on a line of this process. A notice that is no longer true tells nobody. */
  deliver(notice: Notice): Promise<void>
  /** Tells one member what is asked of it, if it is on the line and anything is: whether it is. */
  ask(round: Round, member: Member): Promise<boolean>
  /** Tells one client of the newest version, if there is one. */
  tellNewest(task: Task, client: ClientId): Promise<void>
}

/** Sessions outlive the deadline by this much: an upload may begin before it and end after. */
const SESSION_GRACE_MS = 5 * 60_000
const PUBLISH_SESSION_MS = 60 * 60_000

/** Until when an update may begin to come: of a secure round, two steps and the training lie beyond the step it is in. */
const uploadBy = (deadlineAt: number, { file }: Task): number =>
  file.privacy.mode === 'secure-aggregation'
    ? deadlineAt + 1_000 * (2 * file.privacy.stepSeconds + file.cohort.trainingSeconds)
    : deadlineAt

export const createAnnouncements = ({
  clock,
  store,
  presence,
  access,
  session,
}: {
  clock: Clock
  store: Pick<Store, 'tasks' | 'models' | 'rounds' | 'members'>
  presence: Presence
  access: Pick<AccessService, 'issueSession'>
  session: Engine['session']
}): Announcements => {
  const published = (task: Task, model: ModelRecord, client: ClientId) =>
    presence.line(client)?.send({
      type: 'model-published',
      task: task.id,
      model: { version: model.version, ...model.weights },
      assignment: task.assignment,
      session: access.issueSession(client, clock.now() + PUBLISH_SESSION_MS),
    })

  /** Until when, and what of a secure round this client's group commits to. */
  const asked = (round: Training | SecureTraining, task: Task, client: ClientId) => {
    const group = round.phase === 'secure-training' ? groupWith(round, client) : undefined
    const at = group?.deadlineAt ?? round.deadlineAt
    return {
      deadline: { at, inMs: Math.max(0, Math.round(at - clock.now())) },
      session: access.issueSession(client, uploadBy(at, task) + SESSION_GRACE_MS),
      ...(group
        ? { manifest: group.session.manifest }
        : round.clip !== undefined && { clipNorm: round.clip }),
    }
  }

  const invite = async (round: Training | SecureTraining, clients: readonly ClientId[]) => {
    if (!clients.some(presence.line)) return
    const task = await store.tasks.get(round.task)
    const model = await store.models.get(round.task, round.base.version)
    if (!task || !model) throw new Error(`round ${round.id} has no task or no base model`)
    const carried = carriedFrom(task.file, model)
    for (const client of clients)
      presence.line(client)?.send({
        type: 'invitation',
        round: round.id,
        task: round.task,
        model: { version: model.version, ...model.weights },
        assignment: task.assignment,
        publicKey: round.publicKey,
        ...(carried && { carried }),
        ...asked(round, task, client),
      })
  }

  /** Asks those of these clients who have not answered the step of a secure round; the first step's question is the invitation. */
  const askStep = async (id: RoundId, clients: readonly ClientId[]): Promise<ClientId[]> => {
    const here = clients.filter(presence.line)
    const { round, rows } = (here.length > 0 && (await session(id))) || {}
    if (!rows || round?.phase !== 'secure-training') return []
    const asked = here.flatMap((client) => {
      const group = groupOf(round, client)
      const message = messageFor(groupWith(round, client).session, rowsOfGroup(rows, group), client)
      return message ? [{ client, message }] : []
    })
    await invite(
      round,
      asked.flatMap(({ client, message }) => (message.type === 'secagg-manifest' ? [client] : [])),
    )
    for (const { client, message } of asked)
      if (message.type !== 'secagg-manifest') presence.line(client)?.send(message)
    return asked.map(({ client }) => client)
  }

  const awaited = async (round: Round): Promise<ClientId[]> =>
    (await store.members.ofRound(round.id))
      .filter(({ status }) => status === 'invited' || status === 'accepted')
      .map(({ client }) => client)

  const everyone = async (round: Round): Promise<ClientId[]> =>
    (await store.members.ofRound(round.id)).map(({ client }) => client)

  const tellEnded = (clients: readonly ClientId[], round: Round) => {
    const outcome = outcomeOf(round)
    for (const client of clients)
      presence.line(client)?.send({ type: 'round-ended', round: round.id, outcome })
  }

  const publish = async (id: TaskId) => {
    const task = await store.tasks.get(id)
    const model = await store.models.latest(id)
    if (!task || !model) return
    for (const client of presence.waiting(id)) published(task, model, client)
  }

  return {
    async ask(round, { client, status }) {
      if (round.phase === 'secure-training') return (await askStep(round.id, [client])).length > 0
      if (round.phase !== 'training' || (status !== 'invited' && status !== 'accepted')) return false
      await invite(round, [client])
      return true
    },
    async deliver(notice) {
      if (notice.kind === 'published') return publish(notice.task)
      const round = await store.rounds.get(notice.round)
      if (!round) return
      switch (notice.kind) {
        case 'invited':
          return round.phase === 'training' ? invite(round, await awaited(round)) : undefined
        case 'asked': {
          if (round.phase !== 'secure-training') return
          const members = await store.members.ofRound(round.id)
          const dropped = members.filter(({ status }) => status === 'dropped')
          tellEnded(
            dropped.map(({ client }) => client),
            round,
          )
          await askStep(
            round.id,
            members.map(({ client }) => client),
          )
          return
        }
        case 'closed':
          return round.phase === 'aggregating' ? tellEnded(await awaited(round), round) : undefined
        case 'ended':
          if (isOpen(round)) return
          tellEnded(await everyone(round), round)
          return round.phase === 'completed' ? publish(round.task) : undefined
        default:
          return unreachable(notice)
      }
    },
    async tellNewest(task, client) {
      const model = await store.models.latest(task.id)
      if (model) published(task, model, client)
    },
  }
}
