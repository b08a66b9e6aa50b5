import { Readable } from 'node:stream'
import * as z from 'zod'
import type { RoundMeasures } from '../../insight/task-metrics.ts'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { TaskPath } from '../path-params.ts'
import { granted } from '../problem.ts'
import { METRICS_HEADER, metricsLines } from '../views/metrics-csv.ts'

const MOST_ROUNDS = 10_000

export const getTaskMetricsCsv = (api: Api, { insight }: Pick<Services, 'insight'>): void => {
  api.route({
    method: 'GET',
    url: '/tasks/:task/metrics.csv',
    config: { access: { kind: 'operators', role: 'viewer' }, refuses: ['not-found'] },
    schema: {
      operationId: 'getTaskMetricsCsv',
      tags: ['tasks'],
      summary: `The metrics of a task's last ${MOST_ROUNDS} rounds that ended, newest first: a line for each round and metric`,
      params: TaskPath,
      response: {
        200: { description: 'Comma-separated values', content: { 'text/csv': { schema: z.any() } } },
      },
    },
    handler: async (request, reply) => {
      const { task } = request.params
      const rounds = granted(await insight.metrics.all(task, { most: MOST_ROUNDS }))
      return reply
        .type('text/csv; charset=utf-8; header=present')
        .header('content-disposition', `attachment; filename="${task}-metrics.csv"`)
        .send(Readable.from(linesOf(rounds), { objectMode: false }))
    },
  })
}

async function* linesOf(rounds: AsyncIterable<RoundMeasures>): AsyncGenerator<string> {
  yield METRICS_HEADER
  for await (const measures of rounds) yield metricsLines(measures)
}
