import type { Instant } from '@tributary/protocols'

/** What the device and the page are like at present, as far as this platform or the app can tell. */
export type Circumstances = {
  /** What is known at present. */
  known(): Known
  /** Keeps looking until the function that is returned is called; `changed` is called when `known` may say something else. */
  watch(changed: () => void): () => void
}

/** What is not known is left out. */
export type Known = {
  /** When the user last touched the page or the machine; `now` while it is being used and its end will be told. */
  lastTouch?: Instant | 'now' | undefined
  /** Whether the page, or the app, is what the user looks at. */
  page?: 'visible' | 'hidden' | undefined
  /** Whether the machine runs on external power. One without a battery does. */
  charging?: boolean | undefined
  /** How full the battery is, 0 to 1. */
  battery?: number | undefined
  network?: 'metered' | 'unmetered' | undefined
  /** Whether the user has asked the platform to save data. */
  dataSaver?: 'on' | 'off' | undefined
  /** `false` where the platform is certain that there is no network: what is sent then costs nothing. */
  online?: boolean | undefined
}
