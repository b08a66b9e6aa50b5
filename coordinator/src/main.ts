import { text } from 'node:stream/consumers'
import { tributary } from './cli/tributary.ts'

// The system clock's timers keep no process alive, and a command may wait for nothing else.
setInterval(() => {}, 2_147_483_647)
// `tributary clients list | head`: the reader has enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 141 : 1))
let interruption: AbortSignal | undefined
const code = await tributary({
  args: process.argv.slice(2),
  env: process.env,
  print: (words) => void process.stdout.write(words),
  complain: (words) => void process.stderr.write(words),
  screen: {
    isTerminal: process.stdout.isTTY === true,
    get columns() {
      return process.stdout.isTTY ? process.stdout.columns : undefined
    },
  },
  readStdin: () => text(process.stdin),
  interruption: () => (interruption ??= interrupted()),
})
process.exit(code)

/** A second Ctrl-C ends the process as if nobody had listened. */
function interrupted(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort())
  return controller.signal
}
