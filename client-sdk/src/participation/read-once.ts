export type ReadOnce<Read> = { of(bytes: Uint8Array): Read }

/** Of the same bytes in memory the same comes out: those of a cache are read in every round, or by many clients of one process. */
export const readOnce = <Read>(read: (bytes: Uint8Array) => Read): ReadOnce<Read> => {
  const known = new WeakMap<Uint8Array, { read: Read }>()
  return {
    of(bytes) {
      const made = known.get(bytes) ?? { read: read(bytes) }
      known.set(bytes, made)
      return made.read
    },
  }
}
