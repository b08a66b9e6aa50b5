import { nextClipNorm } from '../privacy/mechanisms/adaptive-clip.ts'
import type { TaskFile } from '../task/task-file.ts'
import { promisedPrivacyOf } from './round-noise.ts'

/** What a task's rounds clip to where that follows the clients: the first round's, and how it goes on from round to round. */
export type Following = {
  first: number
  /** γ: the share of clients that are to be within. */
  quantile: number
  /** η of the geometric step. */
  learningRate: number
}

/**
 * How the norm that deltas are clipped to, or without noise the range of their values, follows a quantile of the clients'; `undefined` for a
 * task in which it is fixed.
 */
export const followingOf = (file: Pick<TaskFile, 'privacy'>): Following | undefined => {
  const { privacy } = file
  const clipping = promisedPrivacyOf(file)?.clipping
  if (clipping?.kind === 'adaptive') return { ...clipping, first: clipping.clipNorm }
  return privacy.mode === 'secure-aggregation' && typeof privacy.range === 'object'
    ? privacy.range
    : undefined
}

/** What the round after one that clipped to `clip` clips to, of which this `fraction` was within. */
export const clipAfter = (clip: number, { quantile, learningRate }: Following, fraction: number): number =>
  nextClipNorm(clip, { fraction, quantile, learningRate })
