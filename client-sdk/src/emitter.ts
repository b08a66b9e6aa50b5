/** Who listens to what. Events and what comes with them are the keys and values of `Events`. */
export type Emitter<Events> = {
  /** Calls `listener` at every such event until the function that is returned is called. */
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void
  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void
}

/** A listener that throws, or whose promise rejects, does not keep the others from hearing: `failed` is told. */
export const createEmitter = <Events>(
  failed: (error: unknown, event: keyof Events) => void,
): Emitter<Events> => {
  const listeners: { [Name in keyof Events]?: Set<(event: Events[Name]) => void> } = {}
  return {
    on(name, listener) {
      const heard = listeners[name] ?? new Set()
      listeners[name] = heard
      // A function may listen twice; each call is a listener of its own.
      const mine = (event: Events[typeof name]) => listener(event)
      heard.add(mine)
      return () => void heard.delete(mine)
    },
    emit(name, event) {
      for (const listener of [...(listeners[name] ?? [])]) {
        try {
          const said: unknown = listener(event)
          if (said instanceof Promise) said.catch((error: unknown) => failed(error, name))
        } catch (error) {
          failed(error, name)
        }
      }
    },
  }
}
