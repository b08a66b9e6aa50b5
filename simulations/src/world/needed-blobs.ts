import type { CoordinatorNeeds } from '@tributary/coordinator'
import type { TaskId } from '@tributary/protocols'

/**
 * The published bytes that a task's next round needs: the assignment, the newest weights, and what the strategy left with them.
 * @throws Error where one of them is lost.
 */
export const neededBlobs = async (
  { store, models }: Pick<CoordinatorNeeds, 'store' | 'models'>,
  id: TaskId,
): Promise<Uint8Array[]> => {
  const [task, newest] = await Promise.all([store.tasks.get(id), store.models.latest(id)])
  if (!task || !newest) throw new Error(`task ${id} has no model`)
  const { origin, weights } = newest
  const state = origin.kind === 'round' ? origin.state?.vectors : undefined
  const digests = new Set([task.assignment, weights, ...(state ? [state] : [])].map(({ digest }) => digest))
  return Promise.all(
    [...digests].map(async (digest) => {
      const bytes = await models.read(digest)
      if (!bytes) throw new Error(`the published bytes ${digest} are lost`)
      return bytes
    }),
  )
}
