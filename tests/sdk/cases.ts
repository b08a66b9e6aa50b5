import { beginning } from './cases/beginning.ts'
import { calls } from './cases/calls.ts'
import { rounds } from './cases/rounds.ts'
import type { Case } from './environment.ts'

/** What holds of the public interface wherever it runs. */
export const cases: readonly Case[] = [...beginning, ...rounds, ...calls]
