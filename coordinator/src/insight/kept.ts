/** What is worked out once and then kept, the least recently asked for going first. */
export const createKept = <Key, Value>({ most }: { most: number }) => {
  const kept = new Map<Key, Value>()
  return async (key: Key, workOut: () => Promise<Value>): Promise<Value> => {
    const value = kept.get(key) ?? (await workOut())
    kept.delete(key)
    kept.set(key, value)
    for (const oldest of kept.keys()) {
      if (kept.size <= most) break
      kept.delete(oldest)
    }
    return value
  }
}
