export { AuditPage, AuditRecordView } from './audit.ts'
export { ClientPage } from './client-page.ts'
export { ClientView, EnrolmentSecret, EnrolRequest } from './clients.ts'
export { IdempotencyKey } from './headers.ts'
export { Health, Readiness } from './health.ts'
export { Mistake, mistakesOf, pathText } from './mistakes.ts'
export {
  ImportModelQuery,
  ModelPage,
  ModelView,
  OriginView,
  RollbackRequest,
  VersionParam,
} from './models.ts'
export { Cursor, PAGE_LIMITS, type Page, PageQuery, pageOf } from './paging.ts'
export { restPaths } from './paths.ts'
export { PROBLEM_MEDIA_TYPE, Problem, problemType, problemWord } from './problems.ts'
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
export { SubmissionReceiptView } from './submissions.ts'
export { ChangeTaskRequest, CreateTaskRequest, TaskPage, TaskStatus, TaskSummary, TaskView } from './tasks.ts'
export { Timestamp, timestampOf } from './time.ts'
export {
  CreateEnrolmentTokenRequest,
  CreateOperatorTokenRequest,
  EnrolmentTokenView,
  OperatorTokenView,
  RoleName,
} from './tokens.ts'
