import type { ClientId, TaskId } from '@tributary/protocols'
import type { Clock } from '@tributary/protocols/runtime'
import type { Presence } from '../clients/presence.ts'
import type { ModelRecord, Task } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import type { Training } from '../round/round.ts'
import type { AccessService } from '../services.ts'

/** What clients are told that needs more than the round: where the bytes are, and a session to fetch them with. */
export type Announcements = {
  /** Invites one member, if it is on the line. */
  invite(round: Training, client: ClientId): Promise<void>
  /** Tells everyone checked in for a task of its newest version. */
  publish(task: TaskId): Promise<void>
  /** Tells one client of the newest version, if there is one. */
  tellNewest(task: Task, client: ClientId): Promise<void>
}

/** Sessions outlive the deadline by this much: an upload may begin before it and end after. */
const SESSION_GRACE_MS = 5 * 60_000
const PUBLISH_SESSION_MS = 60 * 60_000

export const createAnnouncements = ({
  clock,
  store,
  presence,
  access,
}: {
  clock: Clock
  store: Pick<Store, 'tasks' | 'models'>
  presence: Presence
  access: Pick<AccessService, 'issueSession'>
}): Announcements => {
  const published = (task: Task, model: ModelRecord, client: ClientId) =>
    presence.line(client)?.send({
      type: 'model-published',
      task: task.id,
      model: { version: model.version, ...model.weights },
      assignment: task.assignment,
      session: access.issueSession(client, clock.now() + PUBLISH_SESSION_MS),
    })
  return {
    async invite(round, client) {
      if (!presence.line(client)) return
      const task = await store.tasks.get(round.task)
      const model = await store.models.get(round.task, round.base.version)
      if (!task || !model) throw new Error(`round ${round.id} has no task or no base model`)
      const now = clock.now()
      presence.line(client)?.send({
        type: 'invitation',
        round: round.id,
        task: round.task,
        model: { version: model.version, ...model.weights },
        assignment: task.assignment,
        publicKey: round.publicKey,
        deadline: { at: round.deadlineAt, inMs: Math.max(0, Math.round(round.deadlineAt - now)) },
        session: access.issueSession(client, round.deadlineAt + SESSION_GRACE_MS),
      })
    },
    async publish(id) {
      const task = await store.tasks.get(id)
      const model = await store.models.latest(id)
      if (!task || !model) return
      for (const client of presence.waiting(id)) published(task, model, client)
    },
    async tellNewest(task, client) {
      const model = await store.models.latest(task.id)
      if (model) published(task, model, client)
    },
  }
}
