import type { Command } from '../command.ts'
import { auditListCommand } from './audit-list.ts'
import * as clients from './clients.ts'
import * as models from './models.ts'
import * as rounds from './rounds.ts'
import * as tasks from './tasks.ts'
import { tokensCreateCommand } from './tokens.ts'

/** The commands that ask a running coordinator. */
export const REMOTE_COMMANDS: readonly Command[] = [
  tasks.tasksListCommand,
  tasks.tasksShowCommand,
  tasks.tasksCreateCommand,
  tasks.tasksPauseCommand,
  tasks.tasksResumeCommand,
  tasks.tasksFinishCommand,
  tasks.tasksRescheduleCommand,
  rounds.roundsListCommand,
  rounds.roundsShowCommand,
  rounds.roundsTriggerCommand,
  rounds.roundsWatchCommand,
  rounds.roundsAbandonCommand,
  models.modelsListCommand,
  models.modelsShowCommand,
  models.modelsDownloadCommand,
  models.modelsImportCommand,
  models.modelsRollbackCommand,
  clients.clientsListCommand,
  clients.clientsShowCommand,
  clients.clientsInviteCommand,
  clients.clientsRevokeCommand,
  tokensCreateCommand,
  auditListCommand,
]
