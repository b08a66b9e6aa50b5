import type { TaskId } from '@tributary/protocols'
import type { Clock } from '@tributary/protocols/runtime'
import type { Engine } from '../engine/engine.ts'
import { ConflictError } from '../faults/storage.ts'
import type { Change, Store } from '../ports/store.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import { openRound } from '../round/open-round.ts'
import { policyOfRound } from '../round/policy.ts'
import { isOpen, type Selecting } from '../round/round.ts'
import { chargeRound } from './charge-round.ts'
import { nextBuffering } from './round-buffer.ts'
import { nextRoundClip } from './round-clip.ts'
import { nextRefines } from './round-refines.ts'

type Needs = {
  clock: Clock
  store: Pick<Store, 'tasks' | 'rounds' | 'models' | 'clients' | 'ledgers'>
  engine: Pick<Engine, 'open'>
  /** A round has begun to select. */
  began(round: Selecting): void
}

/** Begins a task's next round, or says why not. `also` is saved with it. */
export type BeginRound = (
  task: TaskId,
  cause: { actor: string; also: (round: Selecting) => readonly Change[] },
) => Promise<Selecting | Refusal>

export const createBeginRound = ({ clock, store, engine, began }: Needs): BeginRound => {
  const begin: BeginRound = async (id, cause) => {
    const task = await store.tasks.get(id)
    if (!task) return refuse('not-found', `there is no task ${id}`)
    if (task.status !== 'active')
      return refuse('task-not-active', `task ${id} is ${task.status}: resume it first`, {
        about: { status: task.status },
      })
    const latest = await store.rounds.latest(id)
    if (latest && isOpen(latest)) return roundIsOpen(latest.id)
    const model = await store.models.latest(id)
    if (!model) return refuse('no-model', `task ${id} has no model yet: import its initial weights first`)
    const at = clock.now()
    const number = (latest?.number ?? 0) + 1
    // After the round: who begins a number that is still free has a ledger in which every earlier one is charged.
    const charged = chargeRound(task.file, await store.ledgers.get(id), number)
    if (isRefusal(charged)) return charged
    const refines = nextRefines(task.file, latest, model.version)
    const round = openRound(
      {
        task: id,
        number,
        privacy: charged?.spent,
        clip: nextRoundClip(task.file, latest),
        refines,
        buffer: nextBuffering(task.file, latest, model.version),
        base: { version: model.version, digest: model.weights.digest },
        assignment: task.assignment.digest,
        at,
      },
      policyOfRound(task.file, { refines }, await store.clients.active()),
    )
    try {
      await engine.open(round, [
        ...cause.also(round),
        // With the round or not at all: whoever begins the same number at the same time is refused the round.
        ...(charged ? [{ kind: 'save-ledger', task: id, ledger: charged.ledger } as const] : []),
        {
          kind: 'append-audit',
          entry: {
            at,
            actor: cause.actor,
            action: 'round.selecting',
            subject: round.id,
            detail: { base: model.version, wanted: round.wanted },
          },
        },
      ])
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error
      const open = await store.rounds.latest(id)
      const newest = await store.models.latest(id)
      // A version came from outside at the same moment: the round starts from that one.
      if (!(open && isOpen(open)) && newest?.version !== model.version) return begin(id, cause)
      return roundIsOpen(open?.id ?? round.id)
    }
    began(round)
    return round
  }
  return begin
}

const roundIsOpen = (round: string) =>
  refuse('round-open', `round ${round} is at work: wait for it to end, or abandon it`, { about: { round } })
