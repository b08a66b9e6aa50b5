export { AuditPage, AuditRecordView } from './audit.ts'
export { AuditVerificationView } from './audit-verification.ts'
export { BlobView } from './blobs.ts'
export { ClientPage, ClientQuery, ClientRoundPage, ClientRoundView } from './client-page.ts'
export { clientPaths } from './client-paths.ts'
export { ClientView, CoordinatorView, EnrolmentSecret, EnrolmentView, EnrolRequest } from './clients.ts'
export { CSRF_HEADER } from './csrf-header.ts'
export { FleetView } from './fleet.ts'
export { IdempotencyKey } from './headers.ts'
export { Health, Readiness } from './health.ts'
export { ADMIN_NAMESPACE, LiveEvent } from './live.ts'
export { Mistake, mistakesOf, pathText } from './mistakes.ts'
export {
  ImportModelQuery,
  ModelPage,
  ModelView,
  OriginView,
  RollbackRequest,
  SignedModelView,
  VersionParam,
} from './models.ts'
export { AlertKind, AlertView, OverviewView } from './overview.ts'
export { Cursor, PAGE_LIMITS, type Page, PageQuery, pageOf } from './paging.ts'
export { restPaths } from './paths.ts'
export { PROBLEM_MEDIA_TYPE, problemType, problemWord } from './problem-type.ts'
export { Problem } from './problems.ts'
export {
  AbandonRoundRequest,
  MemberView,
  RoundDetail,
  RoundPage,
  RoundParam,
  RoundView,
  roundOfPath,
  TallyView,
  TriggerRoundRequest,
} from './rounds.ts'
export {
  SessionPage,
  SessionSummary,
  SessionView,
  SignInRequest,
  SignInView,
} from './sign-in.ts'
export { SubmissionReceiptView } from './submissions.ts'
export { SystemView } from './system.ts'
export { TaskCheckView } from './task-checks.ts'
export { BandView, RoundMetricsView, TaskMetricsPage } from './task-metrics.ts'
export { TaskPrivacyView } from './task-privacy.ts'
export { ChangeTaskRequest, CreateTaskRequest, TaskPage, TaskStatus, TaskSummary, TaskView } from './tasks.ts'
export { Timestamp, timestampOf } from './time.ts'
export {
  CreateEnrolmentTokenRequest,
  CreateOperatorTokenRequest,
  EnrolmentTokenPage,
  EnrolmentTokenSummary,
  EnrolmentTokenView,
  OperatorTokenPage,
  OperatorTokenSummary,
  OperatorTokenView,
  RoleName,
} from './tokens.ts'
export {
  CreatedWebhookView,
  CreateWebhookRequest,
  DeliveryPage,
  DeliveryView,
  WebhookEvent,
  WebhookId,
  WebhookPage,
  WebhookView,
} from './webhooks.ts'
export { WithdrawRequest } from './withdrawal.ts'
