import type { Assignment } from '@tributary/protocols/task'
import type { Backend, BackendOptions } from './backends/backend.ts'
import { loadBackend } from './backends/load-backend.ts'
import { type BuiltModel, buildModel } from './built-model.ts'

/**
 * tfjs on a backend, and the models that have been built on it. Trainers may share one: then clients of one task
 * share its models as well, which takes memory for as many as are at work at once, and not for as many as there are.
 */
export type TfjsEngine = {
  /** Loads tfjs at the first call. @throws TributaryError `no-backend`. */
  backend(): Promise<Backend>
  /** Lends a built model for the time of `work`. Nobody else has it meanwhile. */
  withModel<T>(assignment: Assignment, work: (model: BuiltModel, backend: Backend) => Promise<T>): Promise<T>
  /** Lets go of every built model: at once, or when it comes back. The engine can still be used after. */
  dispose(): void
}

export const createTfjsEngine = (options: BackendOptions = {}): TfjsEngine => {
  let loading: Promise<Backend> | undefined
  let free = new Map<string, BuiltModel[]>()
  const backend = () => {
    loading ??= loadBackend(options).catch((error) => {
      loading = undefined
      throw error
    })
    return loading
  }
  return {
    backend,
    async withModel(assignment, work) {
      const loaded = await backend()
      const kind = kindOf(assignment)
      const pool = free
      const model = pool.get(kind)?.pop() ?? (await buildModel(loaded, assignment))
      try {
        return await work(model, loaded)
      } finally {
        if (pool === free) pool.set(kind, [...(pool.get(kind) ?? []), model])
        else model.dispose()
      }
    },
    dispose() {
      const models = [...free.values()].flat()
      free = new Map()
      for (const model of models) model.dispose()
    },
  }
}

/** Assignments of one kind can use the same built model: its weights are loaded at every use. */
const kindOf = ({ model, plan }: Assignment): string =>
  JSON.stringify(
    model.format === 'tfjs-layers'
      ? [plan.loss, model.topology, model.tensors, model.frozen]
      : [model.format],
  )
