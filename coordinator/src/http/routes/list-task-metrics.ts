import { PageQuery, TaskMetricsPage } from '@tributary/protocols/rest'
import * as z from 'zod'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { readPage } from '../cursor.ts'
import { TaskPath } from '../path-params.ts'
import { roundMetricsView } from '../views/round-metrics-view.ts'

export const listTaskMetrics = (api: Api, { insight }: Pick<Services, 'insight'>): void => {
  api.route({
    method: 'GET',
    url: '/tasks/:task/metrics',
    config: { access: { kind: 'operators', role: 'viewer' }, refuses: ['not-found'] },
    schema: {
      operationId: 'listTaskMetrics',
      tags: ['tasks'],
      summary: 'What rounds that ended measured, and how it lies over their clients, newest first',
      params: TaskPath,
      querystring: PageQuery,
      response: { 200: TaskMetricsPage },
    },
    handler: (request) =>
      readPage(request.query, {
        key: z.int().min(1),
        keyOf: ({ round }) => round.number,
        list: (page) => insight.metrics.page(request.params.task, page),
        view: roundMetricsView,
      }),
  })
}
