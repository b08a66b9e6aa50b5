/** `npm run simulate`: federated training in virtual time, by the production coordinator and the SDK's own participants. */
import { simulate } from './command/simulate.ts'

const stopping = new AbortController()
const stop = () => {
  if (stopping.signal.aborted) process.exit(130)
  process.stderr.write('ending after this round; Ctrl-C again ends at once\n')
  stopping.abort()
}
process.on('SIGINT', stop)
process.on('SIGTERM', stop)

process.exitCode = await simulate(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  noColor: process.env.NO_COLOR,
  signal: stopping.signal,
})
