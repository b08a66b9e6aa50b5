import type { Command } from './command.ts'
import { migrateCommand } from './migrate.ts'
import { serveCommand } from './serve.ts'

/** Every command, in the order in which help lists them. */
export const COMMANDS: readonly Command[] = [serveCommand, migrateCommand]
