import type { WorldPrivacy } from './world-plan.ts'

/** What runs a world again, exactly. */
export const replayCommand = (seed: number, privacy: WorldPrivacy = 'drawn'): string =>
  `npm run test:worlds -- --seed ${seed}${privacyFlag(privacy)} --trace`

export const privacyFlag = (privacy: WorldPrivacy): string =>
  privacy === 'drawn' ? '' : ` --privacy ${privacy}`
