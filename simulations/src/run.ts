/** `npm run simulate`: federated training in virtual time, by the production coordinator and the SDK's own participants. */
import { simulate } from './command/simulate.ts'

const stopping = new AbortController()
process.once('SIGINT', () => {
  console.error('ending after this round; Ctrl-C again ends at once')
  stopping.abort()
  process.once('SIGINT', () => process.exit(130))
})

simulate(process.argv.slice(2), { out: console.log, signal: stopping.signal }).catch((error: unknown) => {
  console.error(error instanceof Error ? (error.cause ? error : error.message) : error)
  process.exit(1)
})
