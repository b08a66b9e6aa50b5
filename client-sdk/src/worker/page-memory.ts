import type { Cancel, Clock } from '@tributary/protocols/platform'

/** Between two measurements, each of which waits for the browser to collect its garbage: seconds, in Chromium. */
const PAUSE_MS = 1_000

/** What the browser counts of workers, where the page is isolated (`crossOriginIsolated`) and the browser does count. */
export const canMeasurePage = (): boolean =>
  globalThis.crossOriginIsolated === true && 'measureUserAgentSpecificMemory' in performance

/**
 * Measures again and again what workers with a script of this address hold; heap and buffers, not WebAssembly's memory, are in it.
 * The function that is returned ends it. See https://wicg.github.io/performance-measure-memory/.
 */
export const watchPageMemory = (
  address: string,
  { clock, told }: { clock: Clock; told(bytes: number): void },
): Cancel => {
  let over = false
  let cancel = () => {}
  const measure = async () => {
    const bytes = await bytesOf(address).catch(() => undefined)
    if (over) return
    if (bytes !== undefined) told(bytes)
    if (!over) cancel = clock.wakeAt(clock.now() + PAUSE_MS, () => void measure())
  }
  void measure()
  return () => {
    over = true
    cancel()
  }
}

type Measurement = {
  breakdown: readonly { bytes: number; attribution: readonly { url: string; scope: string }[] }[]
}

const bytesOf = async (address: string): Promise<number | undefined> => {
  if (!measures(performance)) return undefined
  const { breakdown } = await performance.measureUserAgentSpecificMemory()
  return breakdown
    .filter(({ attribution }) => attribution.some(({ url }) => url === address))
    .reduce((sum, { bytes }) => sum + bytes, 0)
}

const measures = (
  performance: object,
): performance is { measureUserAgentSpecificMemory(): Promise<Measurement> } =>
  'measureUserAgentSpecificMemory' in performance
