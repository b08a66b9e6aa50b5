import { auditVerifyCommand } from './audit-verify.ts'
import { backupCommand } from './backup.ts'
import type { Command } from './command.ts'
import { completionCommand } from './completion.ts'
import { doctorCommand } from './doctor.ts'
import { migrateCommand } from './migrate.ts'
import { privacyLedgerCommand } from './privacy-ledger.ts'
import { privacyPlanCommand } from './privacy-plan.ts'
import { REMOTE_COMMANDS } from './remote/remote-commands.ts'
import { restoreCommand } from './restore.ts'
import { retentionCommand } from './retention.ts'
import { serveCommand } from './serve.ts'
import { tasksDescribeCommand } from './tasks-describe.ts'

const COMPLETED: readonly Command[] = [
  serveCommand,
  ...REMOTE_COMMANDS,
  tasksDescribeCommand,
  backupCommand,
  restoreCommand,
  doctorCommand,
  retentionCommand,
  auditVerifyCommand,
  privacyPlanCommand,
  privacyLedgerCommand,
  migrateCommand,
]

/** Every command, in the order in which help lists them. */
export const COMMANDS: readonly Command[] = [...COMPLETED, completionCommand(COMPLETED)]
