import { lazy, Suspense } from 'react'
import { Link, Route, Switch } from 'wouter'
import { EmptyState } from '../ui/empty-state.tsx'
import { OverviewView } from './overview/overview-view.tsx'

// Loaded when they are first gone to.
const TasksView = lazy(() => import('./tasks/tasks-view.tsx').then((m) => ({ default: m.TasksView })))
const NewTaskView = lazy(() => import('./tasks/new-task-view.tsx').then((m) => ({ default: m.NewTaskView })))
const TaskView = lazy(() => import('./task/task-view.tsx').then((m) => ({ default: m.TaskView })))
const ModelView = lazy(() => import('./models/model-view.tsx').then((m) => ({ default: m.ModelView })))
const RoundView = lazy(() => import('./round/round-view.tsx').then((m) => ({ default: m.RoundView })))
const ClientsView = lazy(() => import('./clients/clients-view.tsx').then((m) => ({ default: m.ClientsView })))
const ClientView = lazy(() => import('./client/client-view.tsx').then((m) => ({ default: m.ClientView })))
const WebhooksView = lazy(() =>
  import('./webhooks/webhooks-view.tsx').then((m) => ({ default: m.WebhooksView })),
)
const WebhookView = lazy(() => import('./webhook/webhook-view.tsx').then((m) => ({ default: m.WebhookView })))
const AuditView = lazy(() => import('./audit/audit-view.tsx').then((m) => ({ default: m.AuditView })))
const SystemView = lazy(() => import('./system/system-view.tsx').then((m) => ({ default: m.SystemView })))
const AccessView = lazy(() => import('./access/access-view.tsx').then((m) => ({ default: m.AccessView })))

export const Routes = () => (
  <Suspense fallback={<p className="waiting">Loading…</p>}>
    <Switch>
      <Route path="/" component={OverviewView} />
      <Route path="/tasks" component={TasksView} />
      <Route path="/tasks/_new" component={NewTaskView} />
      <Route path="/tasks/:task" component={TaskView} />
      <Route path="/tasks/:task/models/:version" component={ModelView} />
      <Route path="/tasks/:task/rounds/:round" component={RoundView} />
      <Route path="/clients" component={ClientsView} />
      <Route path="/clients/:client" component={ClientView} />
      <Route path="/webhooks" component={WebhooksView} />
      <Route path="/webhooks/:webhook" component={WebhookView} />
      <Route path="/audit" component={AuditView} />
      <Route path="/system" component={SystemView} />
      <Route path="/access" component={AccessView} />
      <Route>
        <EmptyState title="There is no such page">
          The address may be of something that was renamed. <Link href="/">Go to the overview</Link>.
        </EmptyState>
      </Route>
    </Switch>
  </Suspense>
)
