/**
 * A coordinator that is killed at a point which is hard to hit from outside. Flags: `--data` and `--port`, whatever else
 * it can be told in the environment, and any of
 * `--die-when <phase>`: at once when a round has been saved in that phase, before anything that follows from it is done;
 * `--die-at <boundary>`: at a boundary of `withBoundaries`, its third passing for `before models.put#3`;
 * `--die-after-boundaries <n>`: at the n-th boundary that it passes, whichever that is;
 * `--die-after <ms>`: so long after it began to start, listening or not.
 * With `--journal <path>` the boundaries it passes are written there, a line each.
 */
import { appendFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createLogger, loadConfig, serve } from '@tributary/coordinator'
import { stepOf, withBoundaries } from '../crash/boundaries.ts'

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '' },
    port: { type: 'string', default: '0' },
    'log-level': { type: 'string' },
    'die-when': { type: 'string' },
    'die-at': { type: 'string' },
    'die-after-boundaries': { type: 'string' },
    'die-after': { type: 'string' },
    journal: { type: 'string' },
  },
})

const die = () => process.kill(process.pid, 'SIGKILL')
if (values['die-after'] !== undefined) setTimeout(die, Number(values['die-after']))

const passings = new Map<string, number>()
let passed = 0
const pass = (boundary: string) => {
  const passing = (passings.get(boundary) ?? 0) + 1
  passings.set(boundary, passing)
  passed++
  if (values.journal !== undefined) appendFileSync(values.journal, `${boundary}#${passing}\n`)
  if (values['die-at'] === `${boundary}#${passing}` || Number(values['die-after-boundaries']) === passed)
    die()
}

const logger = createLogger({ level: 'info' })
const { url } = await serve({
  ...loadConfig(process.env, ['--data', values.data, '--port', values.port]),
  logger,
  showFirstAdmin: (secret) => void process.stdout.write(`\n  ${secret}\n\n`),
  watch(round) {
    pass(`a round is saved ${stepOf(round)}, and nobody has been told`)
    if (round.phase === values['die-when']) die()
  },
  decorate: (parts) => withBoundaries(parts, pass),
})
logger.info({ url }, 'listening')
