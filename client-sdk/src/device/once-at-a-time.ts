/** Work of which one run is under way at a time. However often it is asked for meanwhile, it is done once more afterwards. The work must not reject. */
export const onceAtATime = (work: () => Promise<unknown>): (() => void) => {
  let is: 'idle' | 'running' | 'asked again' = 'idle'
  const run = async () => {
    do {
      is = 'running'
      await work()
    } while (wasAskedAgain())
    is = 'idle'
  }
  const wasAskedAgain = () => is === 'asked again'
  return () => {
    if (is === 'idle') void run()
    else is = 'asked again'
  }
}
