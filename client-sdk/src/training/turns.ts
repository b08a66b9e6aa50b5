import { TributaryError } from '../tributary-error.ts'

/** Everything else waits no longer than this, or than one batch: half of what a page has for a frame. */
const SLICE_MS = 8

export type Turns = {
  /** Whether the work has gone on for long enough. */
  due(): boolean
  /** Lets everything else have its turn; then another slice begins. */
  take(): Promise<void>
  end(): void
}

/**
 * Work in slices of `sliceMs`, so that a page draws its frames while it goes on. Browsers hold timers back by 4 ms once they are nested,
 * which is longer than a training step; a message to oneself comes at once.
 */
export const createTurns = ({ sliceMs = SLICE_MS }: { sliceMs?: number | undefined } = {}): Turns => {
  const { give, end } = typeof setImmediate === 'function' ? immediates() : messages()
  let since = performance.now()
  return {
    due: () => performance.now() - since >= sliceMs,
    async take() {
      await give()
      since = performance.now()
    },
    end,
  }
}

/** @throws TributaryError `bad-options`. */
export const requireSlice = (sliceMs: number | undefined): void => {
  if (sliceMs === undefined || sliceMs >= 0) return
  throw new TributaryError({
    code: 'bad-options',
    problem: `sliceMs is ${sliceMs}`,
    remedy: 'Give milliseconds, 0 or more, or leave it out',
  })
}

const immediates = () => ({
  give: () => new Promise<void>((turn) => setImmediate(turn)),
  end: () => undefined,
})

const messages = () => {
  const { port1, port2 } = new MessageChannel()
  let turn = () => {}
  port1.onmessage = () => turn()
  return {
    give: () =>
      new Promise<void>((resolve) => {
        turn = resolve
        port2.postMessage(undefined)
      }),
    end: () => port1.close(),
  }
}
