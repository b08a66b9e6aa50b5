import { OverviewView } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { overviewView } from '../views/overview-view.ts'

export const getOverview = (api: Api, { insight }: Pick<Services, 'insight'>): void => {
  api.route({
    method: 'GET',
    url: '/overview',
    config: { access: { kind: 'operators', role: 'viewer' } },
    schema: {
      operationId: 'getOverview',
      tags: ['operation'],
      summary: 'The fleet in counts, rounds that go on, newest versions, and what wants attention',
      response: { 200: OverviewView },
    },
    handler: async () => overviewView(await insight.overview()),
  })
}
