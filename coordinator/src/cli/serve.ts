import { loadConfig, SERVER_USAGE } from '../config.ts'
import { createLogger } from '../http/logger.ts'
import { serve } from '../serve.ts'
import { STORAGE_NOTES } from '../settings/storage-settings.ts'
import type { Command } from './command.ts'

/** How long a shutdown may take before the process ends as if it had been killed: nothing acknowledged is lost then either. */
const SHUTDOWN_MS = 15_000

export const serveCommand: Command = {
  name: 'serve',
  summary: 'run a coordinator (what is done where no command is given)',
  usage: `tributary [serve] [flags]        every flag can also be a variable: --log-level is TRIBUTARY_LOG_LEVEL

${SERVER_USAGE}
${STORAGE_NOTES}
The first start prints an admin token, once. SIGTERM and SIGINT end it in order.
Other commands: backup, restore, doctor, retention, audit verify, migrate; \`tributary help\` says what each does.
`,
  failed: 'The coordinator cannot start.',
  async run({ env, args, print }) {
    const config = loadConfig(env, args)
    const logger = createLogger({ level: config.logLevel })
    let shown = false
    const running = await serve({
      ...config,
      logger,
      showFirstAdmin(secret) {
        print(`\nThe first admin token, shown this once and stored only as a hash:\n\n  ${secret}\n\n`)
        shown = true
      },
    })
    if (shown && !running.firstAdminToken)
      print(
        'It is worth nothing: another process that started at the same time has shown the one that counts.\n',
      )
    logger.info({ url: running.url, folder: config.folder }, 'the coordinator is listening')

    const signal = await new Promise<NodeJS.Signals>((resolve) => {
      process.once('SIGINT', resolve)
      process.once('SIGTERM', resolve)
    })
    logger.info({ signal }, 'shutting down')
    setTimeout(() => process.exit(1), SHUTDOWN_MS).unref()
    try {
      await running.close()
      return 0
    } catch (error) {
      logger.error({ err: error }, 'the shutdown failed')
      return 1
    }
  },
}
