/** What was opened for one training or one judgement. */
import type { Examples } from './examples.ts'
import { heldSupply, type Supply } from './feed.ts'
import type { Evaluator } from './trainer.ts'

/** Examples of one training. */
export type Opened = {
  supply: Supply
  /** Judges the same examples. `judge` is given some at a time; what it returns are means over them. */
  judged(judge: Judge): ReturnType<Evaluator['evaluate']>
  /** To be called when it is over: what they are read from is closed. */
  close(): Promise<void>
}

export type Judge = (
  examples: Examples,
) => Awaited<ReturnType<Evaluator['evaluate']>> | ReturnType<Evaluator['evaluate']>

/** Examples in memory. */
export const held = (examples: Examples): Opened => ({
  supply: heldSupply(examples),
  judged: async (judge) => judge(examples),
  close: async () => undefined,
})

/** Opens, works, and closes whatever comes of it. */
export const withOpened = async <T>(
  opening: Promise<Opened>,
  work: (examples: Opened) => Promise<T>,
): Promise<T> => {
  const opened = await opening
  try {
    return await work(opened)
  } finally {
    await opened.close()
  }
}
