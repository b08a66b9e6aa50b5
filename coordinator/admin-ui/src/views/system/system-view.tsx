import { useRest } from '../../api/use-rest.ts'
import { formatDuration } from '../../format/duration.ts'
import { formatCount } from '../../format/number.ts'
import { Answered } from '../../ui/answered.tsx'
import { Bytes } from '../../ui/bytes.tsx'
import { Facts } from '../../ui/figures.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Panel } from '../../ui/panel.tsx'
import { FromNow } from '../../ui/time.tsx'

export const SystemView = () => {
  const system = useRest('/system')
  return (
    <>
      <PageHeader title="System" />
      <Answered query={system}>
        {({ version, node, startedAt, memory, eventLoopDelayMs, queue, lines }) => (
          <Panel title="Process">
            <Facts
              facts={[
                ['Version', version],
                ['Node', node],
                ['Started', <FromNow key="started" at={startedAt} />],
                ['Memory', <Bytes key="memory" of={memory.rss} />],
                ['Event loop, late by', `${formatDuration(eventLoopDelayMs.p99)} (p99)`],
                ['Decisions waiting', formatCount(queue.decisions)],
                ['Uploads going on', formatCount(queue.uploads)],
                ['Lines of clients', formatCount(lines.participants)],
                ['Lines of consoles', formatCount(lines.admins)],
              ]}
            />
          </Panel>
        )}
      </Answered>
    </>
  )
}
