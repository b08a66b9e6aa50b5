/** Who may call what, said a second time and by hand: the coordinator's own word for it is what the matrix tests. */

export type Who = 'public' | 'viewer' | 'operator' | 'admin' | 'client' | 'client or viewer'

export type Row = {
  who: Who
  /** What it takes: JSON that is never right when it is `{"nonsense":1}`, bytes, or nothing. */
  takes?: 'json' | 'bytes'
  /** It says what is wrong with any JSON: that is its answer, 200. */
  judges?: true
  /** The most bytes of JSON that it takes, where that is more than a mebibyte; of bytes so many that none are sent to find out. */
  mostBytes?: number
  /** Answers pages. */
  isList?: true
  /** What the least who may call it is answered where nothing is wrong; asked only of what changes nothing. */
  plain?: number
  /**
   * Of paths with two ids: those in which the one does not belong to the other, asked by the least who may call it.
   * `{task}`, `{round}`, `{client}` … stand for the caller's own, `{other-task}` and so on for another's.
   */
  strangers?: Readonly<Record<string, number>>
}

const TASK = '/api/v1/tasks/{task}'
const ROUND = `${TASK}/rounds/{round}`

export const ROWS: Readonly<Record<string, Row>> = {
  'GET /healthz': { who: 'public', plain: 200 },
  'GET /readyz': { who: 'public', plain: 200 },
  'GET /metrics': { who: 'public', plain: 200 },
  'GET /api/v1/sign-in': { who: 'public', plain: 200 },
  'POST /api/v1/session': { who: 'public', takes: 'json' },
  'GET /api/v1/session': { who: 'viewer', plain: 404 },
  'DELETE /api/v1/session': { who: 'viewer' },
  'GET /api/v1/sessions': { who: 'admin', isList: true, plain: 200 },
  'DELETE /api/v1/sessions/{session}': { who: 'admin' },
  'POST /api/v1/operator-tokens': { who: 'admin', takes: 'json' },
  'GET /api/v1/audit': { who: 'admin', isList: true, plain: 200 },
  'POST /api/v1/enrolment-tokens': { who: 'operator', takes: 'json' },
  'POST /api/v1/clients': { who: 'public', takes: 'json' },
  'GET /api/v1/clients': { who: 'viewer', isList: true, plain: 200 },
  'GET /api/v1/clients/{client}': { who: 'viewer', plain: 200 },
  'DELETE /api/v1/clients/{client}': { who: 'operator' },
  'POST /api/v1/clients/{client}/withdrawal': { who: 'public', takes: 'json' },
  'POST /api/v1/tasks': { who: 'operator', takes: 'json', mostBytes: 4 * 1024 * 1024 },
  'GET /api/v1/tasks': { who: 'viewer', isList: true, plain: 200 },
  [`GET ${TASK}`]: { who: 'viewer', plain: 200 },
  [`PATCH ${TASK}`]: { who: 'operator', takes: 'json' },
  [`POST ${TASK}/rounds`]: { who: 'operator', takes: 'json' },
  [`GET ${TASK}/rounds`]: { who: 'viewer', isList: true, plain: 200 },
  [`GET ${ROUND}`]: {
    who: 'viewer',
    plain: 200,
    strangers: { [`${TASK}/rounds/{other-round}`]: 404, '/api/v1/tasks/{other-task}/rounds/{round}': 404 },
  },
  [`POST ${ROUND}/abandon`]: {
    who: 'operator',
    takes: 'json',
    strangers: {
      [`${TASK}/rounds/{other-round}/abandon`]: 404,
      '/api/v1/tasks/{other-task}/rounds/{round}/abandon': 404,
    },
  },
  [`PUT ${ROUND}/updates/{client}`]: {
    who: 'client',
    takes: 'bytes',
    strangers: {
      [`${ROUND}/updates/{other-client}`]: 403,
      [`${TASK}/rounds/{other-round}/updates/{client}`]: 404,
      '/api/v1/tasks/{other-task}/rounds/{other-round}/updates/{client}': 422,
      '/api/v1/tasks/{other-task}/rounds/{other-round}/updates/{other-client}': 403,
    },
  },
  [`GET ${TASK}/models`]: { who: 'viewer', isList: true, plain: 200 },
  [`POST ${TASK}/models`]: { who: 'operator', takes: 'bytes' },
  [`GET ${TASK}/models/{version}`]: {
    who: 'viewer',
    plain: 200,
    strangers: { '/api/v1/tasks/nowhere/models/1': 404, [`${TASK}/models/99`]: 404 },
  },
  [`GET ${TASK}/models/{version}/weights`]: {
    who: 'viewer',
    plain: 200,
    strangers: { '/api/v1/tasks/nowhere/models/1/weights': 404, [`${TASK}/models/99/weights`]: 404 },
  },
  [`POST ${TASK}/rollback`]: { who: 'operator', takes: 'json' },
  'GET /api/v1/overview': { who: 'viewer', plain: 200 },
  [`GET ${TASK}/metrics`]: { who: 'viewer', isList: true, plain: 200 },
  [`GET ${TASK}/metrics.csv`]: { who: 'viewer', plain: 200 },
  [`GET ${TASK}/privacy`]: { who: 'viewer', plain: 200 },
  'GET /api/v1/clients/{client}/rounds': { who: 'viewer', isList: true, plain: 200 },
  'GET /api/v1/webhooks': { who: 'operator', isList: true, plain: 200 },
  'POST /api/v1/webhooks': { who: 'admin', takes: 'json' },
  'GET /api/v1/webhooks/{webhook}': { who: 'operator', plain: 404 },
  'DELETE /api/v1/webhooks/{webhook}': { who: 'admin' },
  'GET /api/v1/webhooks/{webhook}/deliveries': { who: 'operator', isList: true, plain: 404 },
  'POST /api/v1/webhooks/{webhook}/ping': { who: 'operator' },
  'POST /api/v1/webhooks/{webhook}/deliveries/{delivery}/redeliver': {
    who: 'operator',
    strangers: { '/api/v1/webhooks/{webhook}/deliveries/{delivery}/redeliver': 404 },
  },
  'POST /api/v1/task-checks': {
    who: 'operator',
    takes: 'json',
    judges: true,
    mostBytes: 4 * 1024 * 1024,
  },
  'GET /api/v1/audit/verification': { who: 'admin', plain: 200 },
  'GET /api/v1/system': { who: 'viewer', plain: 200 },
  'GET /api/v1/operator-tokens': { who: 'admin', isList: true, plain: 200 },
  'DELETE /api/v1/operator-tokens/{token}': { who: 'admin' },
  'GET /api/v1/enrolment-tokens': { who: 'operator', isList: true, plain: 200 },
  'DELETE /api/v1/enrolment-tokens/{token}': { who: 'operator' },
  'GET /api/v1/blobs/{digest}': { who: 'client or viewer', plain: 200 },
  'PUT /api/v1/blobs/{digest}': { who: 'operator', takes: 'bytes', mostBytes: 2 ** 29 },
}
