import type { SystemView } from '@tributary/protocols/rest'
import type { Clock } from '@tributary/protocols/runtime'
import type { Presence } from '../clients/presence.ts'
import type { Host } from '../ports/host.ts'
import type { Store } from '../ports/store.ts'
import type { InsightService, WebhookService } from '../services.ts'
import type { Scheduler } from '../tasks/scheduler.ts'
import { createOverview } from './overview.ts'
import { readSystem } from './system.ts'
import { createTaskMetrics } from './task-metrics.ts'
import { readTaskPrivacy } from './task-privacy.ts'

type Needs = {
  clock: Pick<Clock, 'now'>
  store: Store
  presence: Pick<Presence, 'headcount' | 'count' | 'online'>
  host: Host
  dueAt: Scheduler['dueAt']
  webhooks: Pick<WebhookService, 'failing'>
  queue(): SystemView['queue']
  processes(): SystemView['processes']
}

/** The room of what is read across rooms. */
export const createInsight = ({ queue, processes, ...needs }: Needs): InsightService => {
  const { clock, store, presence, host } = needs
  return {
    overview: createOverview(needs),
    metrics: createTaskMetrics({ store }),
    privacy: (task) => readTaskPrivacy(store, task),
    system: () =>
      readSystem({
        clock,
        host,
        queue,
        lines: () => ({ participants: presence.online(), admins: host.watchers() }),
        processes,
      }),
  }
}
