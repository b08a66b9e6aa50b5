#!/usr/bin/env node
import { ConfigError, loadConfig, USAGE } from './config.ts'
import { createLogger } from './http/logger.ts'
import { serve } from './serve.ts'

/** How long a shutdown may take before the process ends as if it had been killed: nothing acknowledged is lost then either. */
const SHUTDOWN_MS = 15_000

const start = async () => {
  if (process.argv.slice(2).some((flag) => flag === '--help' || flag === '-h')) {
    process.stdout.write(USAGE)
    return
  }
  const config = loadConfig(process.env, process.argv.slice(2))
  const logger = createLogger({ level: config.logLevel })
  const running = await serve({ ...config, logger })
  if (running.firstAdminToken)
    process.stdout.write(
      `\nThe first admin token, shown this once and stored only as a hash:\n\n  ${running.firstAdminToken}\n\n`,
    )
  logger.info({ url: running.url, folder: config.folder }, 'the coordinator is listening')

  const stop = (signal: NodeJS.Signals) => {
    logger.info({ signal }, 'shutting down')
    setTimeout(() => process.exit(1), SHUTDOWN_MS).unref()
    running.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'the shutdown failed')
        process.exit(1)
      },
    )
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

start().catch((error: unknown) => {
  const text = error instanceof Error ? error.message : String(error)
  process.stderr.write(`The coordinator cannot start.\n${text}\n`)
  if (error instanceof ConfigError) process.stderr.write(`\n${USAGE}`)
  process.exit(error instanceof ConfigError ? 2 : 1)
})
