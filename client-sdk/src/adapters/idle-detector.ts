/** Whether anybody uses the machine, by the Idle Detection API (WICG) of Chromium. */
import type { Clock } from '@tributary/protocols/runtime'
import type { Known } from '../ports/circumstances.ts'

type Detector = EventTarget & {
  userState: 'active' | 'idle' | null
  screenState: 'locked' | 'unlocked' | null
  start(options: { threshold: number; signal: AbortSignal }): Promise<void>
}

/** The shortest that the platform tells of. */
const THRESHOLD_MS = 60_000

/** Tells when the machine was last touched, until the signal aborts, if the user has allowed this page to know. Nobody is asked. */
export const watchMachine = async (
  { now, signal }: Pick<Clock, 'now'> & { signal: AbortSignal },
  told: (lastTouch: Known['lastTouch']) => void,
): Promise<void> => {
  const { IdleDetector } = globalThis as { IdleDetector?: new () => Detector }
  if (!IdleDetector || !(await isAllowed()) || signal.aborted) return
  const detector = new IdleDetector()
  const tell = () => {
    const away = detector.userState === 'idle' || detector.screenState === 'locked'
    told(away ? now() - THRESHOLD_MS : 'now')
  }
  detector.addEventListener('change', tell, { signal })
  await detector
    .start({ threshold: THRESHOLD_MS, signal })
    .then(tell)
    // Taken back meanwhile, or the watching is over: the page's own events go on telling.
    .catch(() => told(undefined))
}

const isAllowed = async (): Promise<boolean> => {
  try {
    const { state } = await navigator.permissions.query({ name: 'idle-detection' as PermissionName })
    return state === 'granted'
  } catch {
    return false
  }
}
