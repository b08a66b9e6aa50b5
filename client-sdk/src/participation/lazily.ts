/**
 * Loading later. Each part that is loaded later imports this module, and this module what those parts share with all that is there at once: bundlers
 * that split by file, as esbuild does, make a script of every set of parts with a file in common, and a dozen scripts take 3 kB more, gzipped, than one.
 */
import '@tributary/protocols'
import '@tributary/protocols/crypto'
import '@tributary/protocols/platform'
import '@tributary/protocols/plain-round'
import '@tributary/protocols/tensors'
import '@tributary/protocols/updates'
import '../adapters/http-problem.ts'
import '../adapters/patience.ts'
import '../consent/consent-record.ts'
import '../kept/record-names.ts'
import '../records/json-record.ts'
import '../tributary-error.ts'
import './delta.ts'
import './read-once.ts'
import './seal-update.ts'

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
