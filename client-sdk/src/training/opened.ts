/** What was opened for one training or one judgement. */
import type { Examples } from './examples.ts'
import { heldSupply, type Supply } from './feed.ts'
import type { Evaluator } from './trainer.ts'

/** Examples of one training. To be disposed of when it is over, which closes what they are read from. */
export type Opened = AsyncDisposable & {
  supply: Supply
  /** Judges the same examples. `judge` is given some at a time; what it returns are means over them. */
  judged(judge: Judge): ReturnType<Evaluator['evaluate']>
}

export type Judge = (
  examples: Examples,
) => Awaited<ReturnType<Evaluator['evaluate']>> | ReturnType<Evaluator['evaluate']>

/** Examples in memory. */
export const held = (examples: Examples): Opened => ({
  supply: heldSupply(examples),
  judged: async (judge) => judge(examples),
  [Symbol.asyncDispose]: async () => undefined,
})
