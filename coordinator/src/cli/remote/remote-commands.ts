import type { Command } from '../command.ts'
import { auditListCommand } from './audit-list.ts'
import * as clients from './clients.ts'
import * as models from './models.ts'
import { overviewCommand, statusCommand } from './overview.ts'
import * as rounds from './rounds.ts'
import { auditCheckCommand, systemCommand } from './system.ts'
import { tasksMetricsCommand, tasksPrivacyCommand } from './task-insight.ts'
import * as tasks from './tasks.ts'
import { tasksCheckCommand } from './tasks-check.ts'
import * as tokens from './tokens.ts'
import { modelsUploadFrozenCommand } from './upload-frozen.ts'
import * as webhooks from './webhooks.ts'

/** The commands that ask a running coordinator. */
export const REMOTE_COMMANDS: readonly Command[] = [
  overviewCommand,
  statusCommand,
  systemCommand,
  tasks.tasksListCommand,
  tasks.tasksShowCommand,
  tasks.tasksCreateCommand,
  tasksCheckCommand,
  tasks.tasksPauseCommand,
  tasks.tasksResumeCommand,
  tasks.tasksFinishCommand,
  tasks.tasksRescheduleCommand,
  tasksMetricsCommand,
  tasksPrivacyCommand,
  rounds.roundsListCommand,
  rounds.roundsShowCommand,
  rounds.roundsTriggerCommand,
  rounds.roundsWatchCommand,
  rounds.roundsAbandonCommand,
  models.modelsListCommand,
  models.modelsShowCommand,
  models.modelsDownloadCommand,
  models.modelsImportCommand,
  modelsUploadFrozenCommand,
  models.modelsRollbackCommand,
  clients.clientsListCommand,
  clients.clientsShowCommand,
  clients.clientsRoundsCommand,
  clients.clientsInviteCommand,
  clients.clientsRevokeCommand,
  tokens.clientsInvitationsCommand,
  tokens.clientsUninviteCommand,
  tokens.tokensListCommand,
  tokens.tokensCreateCommand,
  tokens.tokensRevokeCommand,
  webhooks.webhooksListCommand,
  webhooks.webhooksCreateCommand,
  webhooks.webhooksDeleteCommand,
  webhooks.webhooksDeliveriesCommand,
  webhooks.webhooksRedeliverCommand,
  webhooks.webhooksPingCommand,
  auditListCommand,
  auditCheckCommand,
]
