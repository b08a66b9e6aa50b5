import type { WorldPrivacy } from './world-plan.ts'

/**
 * Worlds in which a defect was found, with what it was. A seed says the same only while worlds are drawn as they are: who
 * changes that keeps these running as worlds like any other, and the defect's own test says what must hold.
 */
export const regressionSeeds: readonly { seed: number; privacy?: WorldPrivacy; found: string }[] = [
  {
    seed: 81,
    found:
      'a device whose user came back to it stayed stopped, replaced by a run of it that was gone (the world)',
  },
  { seed: 600, found: 'an orderly stop was told as a fault of whatever it cut short' },
  { seed: 605, found: 'a client’s answer that was being decided while the engine stopped armed a timer' },
  {
    seed: 1230,
    found: 'a scheduler that could not read its finished task looks again: one timer, and no more (the laws)',
  },
  {
    seed: 1629,
    found: 'an update that comes in again while its round settles is kept and thrown away (the laws)',
  },
  {
    seed: 3786,
    found:
      'a round begun again while the engine looked whether its failed first save was made had two runners',
  },
  {
    seed: 72,
    privacy: 'secure',
    found: 'a client was told of a session by a state that was newer than the rows beside it',
  },
  {
    seed: 289,
    privacy: 'secure',
    found: 'of six clients half could drop out, which no graph stands: every round ended before it began',
  },
  { seed: 6476, found: 'a round whose first save failed twice was looked for by two timers' },
]
