/**
 * A coordinator that is killed at a point which is hard to hit from outside. Flags: `--data` and `--port`, and one of
 * `--die-when <phase>`: at once when a round has been saved in that phase, before anything that follows from it is done;
 * `--die-after <ms>`: so long after it began to start, listening or not.
 */
import { parseArgs } from 'node:util'
import { createLogger, serve } from '@tributary/coordinator'

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '' },
    port: { type: 'string', default: '0' },
    'log-level': { type: 'string' },
    'die-when': { type: 'string' },
    'die-after': { type: 'string' },
  },
})

const die = () => process.kill(process.pid, 'SIGKILL')
if (values['die-after'] !== undefined) setTimeout(die, Number(values['die-after']))

const logger = createLogger({ level: 'info' })
const { url, firstAdminToken } = await serve({
  folder: values.data,
  host: '127.0.0.1',
  port: Number(values.port),
  cors: { kind: 'off' },
  trustProxy: false,
  metrics: 'public',
  logger,
  watch(round) {
    if (round.phase === values['die-when']) die()
  },
})
if (firstAdminToken) process.stdout.write(`\n  ${firstAdminToken}\n\n`)
logger.info({ url }, 'listening')
