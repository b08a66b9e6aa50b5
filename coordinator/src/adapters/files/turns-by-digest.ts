import type { Digest } from '@tributary/protocols'

/** Runs what concerns one digest one after the other, whatever becomes of what was before. */
export const turnsByDigest = () => {
  const last = new Map<Digest, Promise<unknown>>()
  return <T>(digest: Digest, act: () => Promise<T>): Promise<T> => {
    const before = last.get(digest)
    const turn = before === undefined ? act() : before.then(act, act)
    last.set(digest, turn)
    const end = () => {
      if (last.get(digest) === turn) last.delete(digest)
    }
    turn.then(end, end)
    return turn
  }
}
