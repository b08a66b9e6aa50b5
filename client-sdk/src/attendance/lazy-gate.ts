import type { Gate } from './gate.ts'

/** A gate whose code is loaded when it is first watched. One that cannot be loaded stands against nothing. */
export const lazyGate = (load: () => Promise<Gate>): Gate => {
  let loading: Promise<Gate> | undefined
  return {
    watch(told) {
      let over = false
      let stop = () => {}
      loading ??= load()
      loading.then(
        (gate) => {
          if (!over) stop = gate.watch(told)
        },
        () => {
          loading = undefined
          if (!over) told(undefined)
        },
      )
      return () => {
        over = true
        stop()
      }
    },
  }
}
