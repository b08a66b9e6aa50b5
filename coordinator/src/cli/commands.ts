import { auditVerifyCommand } from './audit-verify.ts'
import { backupCommand } from './backup.ts'
import type { Command } from './command.ts'
import { doctorCommand } from './doctor.ts'
import { migrateCommand } from './migrate.ts'
import { privacyLedgerCommand } from './privacy-ledger.ts'
import { privacyPlanCommand } from './privacy-plan.ts'
import { restoreCommand } from './restore.ts'
import { retentionCommand } from './retention.ts'
import { serveCommand } from './serve.ts'

/** Every command, in the order in which help lists them. */
export const COMMANDS: readonly Command[] = [
  serveCommand,
  backupCommand,
  restoreCommand,
  doctorCommand,
  retentionCommand,
  auditVerifyCommand,
  privacyPlanCommand,
  privacyLedgerCommand,
  migrateCommand,
]
