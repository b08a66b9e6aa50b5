/** `npm run keyboard`: a keyboard that learns, with its coordinator and its speakers. */
import { FlagError } from '../demo/flags.ts'
import { parseFlags, USAGE } from './flags.ts'
import { jsonOutput, peopleOutput } from './output.ts'
import { runKeyboard } from './run-keyboard.ts'

const start = async (): Promise<number> => {
  const flags = parseFlags(process.argv.slice(2))
  if (flags === 'help') {
    process.stdout.write(USAGE)
    return 0
  }
  // What a shell says of a process that the signal ended: 128 and the signal's number.
  const stopped = new Promise<number>((resolve) => {
    process.once('SIGINT', () => resolve(130))
    process.once('SIGTERM', () => resolve(143))
  })
  const out = flags.json ? jsonOutput(process.stdout, process.stderr) : peopleOutput(process.stdout)
  const starting = runKeyboard(flags, out)
  const running = await Promise.race([starting, stopped])
  if (typeof running === 'number') {
    out.say('Stopping what has just been started.')
    await starting.then(({ close }) => close())
    return running
  }
  void running.rounds.then(() => out.say('All rounds have completed. The page stays until Ctrl-C.'))
  const code = await stopped
  await running.close()
  return code
}

start().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    if (error instanceof FlagError) process.stderr.write(`\n${USAGE}`)
    process.exit(error instanceof FlagError ? 2 : 1)
  },
)
