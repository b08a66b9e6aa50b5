import type {
  AuditVerificationView,
  CreateTaskRequest,
  EnrolmentTokenPage,
  EnrolmentTokenSummary,
  OperatorTokenPage,
  OperatorTokenSummary,
  SystemView,
  TaskCheckView,
} from '@tributary/protocols/rest'
import type { Client } from 'openapi-fetch'
import type { RestClient } from '../../rest-client/rest-client.ts'

type Answer<Body> = { responses: { 200: { headers: object; content: { 'application/json': Body } } } }
type Page<Body> = Answer<Body> & { parameters: { query?: { limit?: number; cursor?: string } } }
type OfToken<Body> = Answer<Body> & { parameters: { path: { token: string } } }
type Told<Body, Request> = Answer<Body> & { requestBody: { content: { 'application/json': Request } } }

/** Routes that are agreed in `@tributary/protocols/rest`, by these contracts: a coordinator that has none of them answers 404. */
type ContractedPaths = {
  '/api/v1/operator-tokens': { get: Page<OperatorTokenPage> }
  '/api/v1/operator-tokens/{token}': { delete: OfToken<OperatorTokenSummary> }
  '/api/v1/enrolment-tokens': { get: Page<EnrolmentTokenPage> }
  '/api/v1/enrolment-tokens/{token}': { delete: OfToken<EnrolmentTokenSummary> }
  '/api/v1/audit/verification': { get: Answer<AuditVerificationView> }
  '/api/v1/system': { get: Answer<SystemView> }
  '/api/v1/task-checks': { post: Told<TaskCheckView, CreateTaskRequest> }
}

export const contracted = (rest: RestClient): Client<ContractedPaths> =>
  rest as unknown as Client<ContractedPaths>
