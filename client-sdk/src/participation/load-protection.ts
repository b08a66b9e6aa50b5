/** Noise and masks are loaded when a round first asks for them: most apps never need them, and they are a third of the SDK. */
const load = () => import('./protected-update.ts')

let loading: ReturnType<typeof load> | undefined

/**
 * What private rounds need beyond plain ones, ahead of the first of them: for apps that may be without a network by then, and
 * for virtual clocks, on which loading takes no time. An attempt that failed is made again.
 */
export const loadProtection = (): ReturnType<typeof load> => {
  loading ??= load().catch((error: unknown) => {
    loading = undefined
    throw error
  })
  return loading
}
