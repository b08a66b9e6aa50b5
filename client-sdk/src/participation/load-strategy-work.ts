/** What strategies ask beyond a delta is loaded when a task first asks for it: most apps never need it. */
const load = () => import('./strategy-round.ts')

let loading: ReturnType<typeof load> | undefined

/**
 * What tasks need whose strategy asks for more than a delta, ahead of the first of them: for apps that may be without a network by
 * then, and for virtual clocks, on which loading takes no time. An attempt that failed is made again.
 */
export const loadStrategyWork = (): ReturnType<typeof load> => {
  loading ??= load().catch((error: unknown) => {
    loading = undefined
    throw error
  })
  return loading
}
