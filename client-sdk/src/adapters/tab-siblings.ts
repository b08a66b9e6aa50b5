/** The other tabs of this origin, over a BroadcastChannel and a Web Lock of one name. */
import type { Siblings } from '../ports/siblings.ts'

/** @param locks left out, where the browser has none: nothing waits. */
export const tabSiblings = (name: string, locks: LockManager | undefined): Siblings => {
  let channel: BroadcastChannel | undefined
  const open = (): BroadcastChannel => {
    channel ??= new BroadcastChannel(name)
    return channel
  }
  return {
    say: (word) => open().postMessage(word),
    hear(listener) {
      const opened = open()
      const heard = ({ data }: MessageEvent<unknown>) => listener(data)
      opened.addEventListener('message', heard)
      return () => {
        opened.removeEventListener('message', heard)
        opened.close()
        channel = undefined
      }
    },
    inTurn: async (work) => (locks ? locks.request(name, work) : work()),
  }
}
