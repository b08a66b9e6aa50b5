/**
 * What is worked out once and then kept, the least recently asked for going first. Who asks while it is being worked out waits for the same; what failed
 * is tried again.
 */
export const createKept = <Key, Value>({ most }: { most: number }) => {
  const kept = new Map<Key, Promise<Value>>()
  return (key: Key, workOut: () => Promise<Value>): Promise<Value> => {
    const value = kept.get(key) ?? workOut()
    kept.delete(key)
    kept.set(key, value)
    value.catch(() => {
      if (kept.get(key) === value) kept.delete(key)
    })
    for (const oldest of kept.keys()) {
      if (kept.size <= most) break
      kept.delete(oldest)
    }
    return value
  }
}
