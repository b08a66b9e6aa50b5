import type { OverviewView as Overview } from '@tributary/protocols/rest'
import { Link } from 'wouter'
import { useRest } from '../../api/use-rest.ts'
import { formatCount } from '../../format/number.ts'
import { Answered } from '../../ui/answered.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Figure, Figures } from '../../ui/figures.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Alerts } from './alerts.tsx'
import { NewestModels } from './newest-models.tsx'
import { OpenRounds } from './open-rounds.tsx'
import './overview.css'

/** What somebody who looks after a coordinator wants to see first. */
export const OverviewView = () => {
  const overview = useRest('/overview')
  return (
    <>
      <PageHeader title="Overview" />
      <Answered query={overview}>{(answer) => <Shown overview={answer} />}</Answered>
    </>
  )
}

const Shown = ({ overview }: { overview: Overview }) => {
  const { alerts, fleet, tasks, openRounds, newestModels } = overview
  return (
    <div className="overview">
      <Alerts alerts={alerts} />
      <Panel title="Fleet" beside={<Link href="/clients">All clients</Link>}>
        {fleet.enrolled + fleet.revoked + fleet.withdrawn === 0 ? (
          <EmptyState title="No client has enrolled yet">
            <Link href="/clients?tab=invitations">Invite clients</Link>: each enrols once with an invitation.
          </EmptyState>
        ) : (
          <Figures>
            <Figure name="Enrolled">{formatCount(fleet.enrolled)}</Figure>
            <Figure name="Online">
              <Link href="/clients?online=true">{formatCount(fleet.online)}</Link>
            </Figure>
            <Figure name="Waiting" note="free to be invited">
              {formatCount(fleet.waiting)}
            </Figure>
            <Figure name="Working" note="in a round">
              {formatCount(fleet.working)}
            </Figure>
            <Figure name="Revoked">
              <Link href="/clients?status=revoked">{formatCount(fleet.revoked)}</Link>
            </Figure>
            <Figure name="Withdrawn">
              <Link href="/clients?status=withdrawn">{formatCount(fleet.withdrawn)}</Link>
            </Figure>
          </Figures>
        )}
      </Panel>
      <Panel title="Tasks" beside={<Link href="/tasks">All tasks</Link>}>
        {tasks.active + tasks.paused + tasks.finished === 0 ? (
          <EmptyState title="There is no task yet">
            <Link href="/tasks/_new">Create a task</Link>: it says what is trained, by whom and when.
          </EmptyState>
        ) : (
          <Figures>
            <Figure name="Active">{formatCount(tasks.active)}</Figure>
            <Figure name="Paused">{formatCount(tasks.paused)}</Figure>
            <Figure name="Finished">{formatCount(tasks.finished)}</Figure>
          </Figures>
        )}
      </Panel>
      <OpenRounds rounds={openRounds} />
      <NewestModels models={newestModels} />
    </div>
  )
}
