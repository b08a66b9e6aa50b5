/**
 * A module that is loaded when it is first asked for. An attempt that failed is made again.
 * @param ready What of it has to be ready besides.
 */
export const lazily = <Loaded>(
  load: () => Promise<Loaded>,
  ready: (loaded: Loaded) => Promise<unknown> = async () => undefined,
): (() => Promise<Loaded>) => {
  let loading: Promise<Loaded> | undefined
  const loadAll = async () => {
    const loaded = await load()
    await ready(loaded)
    return loaded
  }
  return () => {
    loading ??= loadAll().catch((error: unknown) => {
      loading = undefined
      throw error
    })
    return loading
  }
}
