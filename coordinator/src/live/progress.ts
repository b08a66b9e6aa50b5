import { type ClientId, numberOfRound, type RoundId, type TaskId, taskOfRound } from '@tributary/protocols'

/** How far a client's training has come, as it last said. */
export type Progress = { fraction: number; loss?: number; at: number }

export type ProgressRecord = {
  put(round: RoundId, client: ClientId, progress: Progress): void
  of(round: RoundId): ReadonlyMap<ClientId, Progress>
  /** The round no longer waits for updates. */
  forget(round: RoundId): void
}

const NONE: ReadonlyMap<ClientId, Progress> = new Map()

/**
 * The latest progress of each member, in memory alone. Of a task only the newest round heard of is kept, so there is no more of it than
 * members of open rounds, whether or not this process hears how a round ends.
 */
export const createProgressRecord = (): ProgressRecord => {
  const newest = new Map<TaskId, { round: RoundId; clients: Map<ClientId, Progress> }>()
  return {
    put(round, client, progress) {
      const task = taskOfRound(round)
      const known = newest.get(task)
      if (known?.round === round) return void known.clients.set(client, progress)
      if (known && numberOfRound(known.round) > numberOfRound(round)) return
      newest.set(task, { round, clients: new Map([[client, progress]]) })
    },
    of(round) {
      const known = newest.get(taskOfRound(round))
      return known?.round === round ? known.clients : NONE
    },
    forget(round) {
      const task = taskOfRound(round)
      if (newest.get(task)?.round === round) newest.delete(task)
    },
  }
}
