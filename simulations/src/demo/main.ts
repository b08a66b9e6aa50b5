/** `npm run demo`: one federated task, end to end, over real sockets. */
import { FlagError, parseFlags, USAGE } from './flags.ts'
import { jsonOutput, peopleOutput } from './output.ts'
import { runDemo } from './run-demo.ts'

const start = async (): Promise<number> => {
  const flags = parseFlags(process.argv.slice(2))
  if (flags === 'help') {
    process.stdout.write(USAGE)
    return 0
  }
  const stopping = new AbortController()
  // What a shell says of a process that the signal ended: 128 and the signal's number.
  let stoppedWith = 1
  const stop = (code: number) => () => {
    stoppedWith = code
    stopping.abort()
  }
  process.once('SIGINT', stop(130))
  process.once('SIGTERM', stop(143))
  const out = flags.json
    ? jsonOutput(process.stdout, process.stderr)
    : peopleOutput(process.stdout, process.env.NO_COLOR)
  const demo = await runDemo(flags, out, stopping.signal)
  if (flags.keep && !stopping.signal.aborted) {
    out.say(`The coordinator goes on at ${demo.running.url} until Ctrl-C.`)
    if (demo.running.firstAdminToken)
      out.say(`Its admin token, shown this once: ${demo.running.firstAdminToken}`)
    await new Promise((resolve) => {
      const waiting = setInterval(() => undefined, 2 ** 30)
      stopping.signal.addEventListener('abort', () => {
        clearInterval(waiting)
        resolve(undefined)
      })
    })
  }
  await demo.close()
  return demo.succeeded ? 0 : stoppedWith
}

start().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    if (error instanceof FlagError) process.stderr.write(`\n${USAGE}`)
    process.exit(error instanceof FlagError ? 2 : 1)
  },
)
