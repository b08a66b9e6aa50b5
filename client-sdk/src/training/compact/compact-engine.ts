import type { Assignment } from '@tributary/protocols/task'
import { type CompactModel, compactModel } from './compact-model.ts'

/**
 * Models by shape, one each: who wants one that is at work waits, for one thread gains nothing from two at once. Trainers
 * may share an engine; then memory is that of one client, however many there are.
 */
export type CompactEngine = {
  /**
   * Lends the model of these assignments for the time of `work`, in the order of asking.
   * @throws the signal's reason when it aborts before the turn comes.
   */
  withModel<T>(
    assignment: Assignment,
    work: (model: CompactModel) => T | Promise<T>,
    signal?: AbortSignal,
  ): Promise<T>
  /** Lets go of every model. The engine can still be used after. */
  dispose(): void
}

export const createCompactEngine = (): CompactEngine => {
  let shapes = new Map<string, Shape>()
  return {
    async withModel(assignment, work, signal) {
      const kind = kindOf(assignment)
      const shape = shapes.get(kind) ?? { model: compactModel(assignment), queue: createQueue() }
      shapes.set(kind, shape)
      const leave = await shape.queue.enter(signal)
      try {
        const model = await shape.model.catch((error: unknown) => {
          if (shapes.get(kind) === shape) shapes.delete(kind)
          throw error
        })
        return await work(model)
      } finally {
        leave()
      }
    },
    dispose() {
      shapes = new Map()
    },
  }
}

type Shape = { model: Promise<CompactModel>; queue: Queue }

/** Assignments of one kind can use the same model: its weights are loaded at every use. */
const kindOf = ({ model, plan }: Assignment): string =>
  JSON.stringify(
    model.format === 'tfjs-layers'
      ? [plan.loss, model.topology, model.tensors, model.frozen]
      : [model.format],
  )

type Queue = { enter(signal?: AbortSignal): Promise<() => void> }

/** One at a time, first come, first served. */
const createQueue = (): Queue => {
  const waiting: (() => void)[] = []
  let busy = false
  const leave = () => {
    const next = waiting.shift()
    if (next) next()
    else busy = false
  }
  return {
    async enter(signal) {
      signal?.throwIfAborted()
      if (!busy) {
        busy = true
        return leave
      }
      await new Promise<void>((resolve, reject) => {
        const turn = () => {
          signal?.removeEventListener('abort', giveUp)
          resolve()
        }
        const giveUp = () => {
          waiting.splice(waiting.indexOf(turn), 1)
          reject(signal?.reason)
        }
        waiting.push(turn)
        signal?.addEventListener('abort', giveUp, { once: true })
      })
      return leave
    },
  }
}
