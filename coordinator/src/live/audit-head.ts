import type { Store } from '../ports/store.ts'

/** Entries are numbered from 1 on without a gap, and none is ever taken away. */
export const auditHead = async ({ audit }: Pick<Store, 'audit'>, known: number): Promise<number> => {
  const isPast = async (sequence: number) => (await audit({ limit: 1, after: sequence })).length === 0
  if (await isPast(known)) return known
  let [there, past] = [known + 1, known + 2]
  for (let step = 1; !(await isPast(past - 1)); step *= 2) [there, past] = [past, past + step]
  while (past - there > 1) {
    const middle = Math.floor((there + past) / 2)
    if (await isPast(middle - 1)) past = middle
    else there = middle
  }
  return there
}
