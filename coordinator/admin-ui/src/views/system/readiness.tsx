import { useQuery } from '@tanstack/react-query'
import type { Readiness as Checks } from '@tributary/protocols/rest'
import { Panel } from '../../ui/panel.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'

const LOOK_MS = 15_000

/** What monitors and load balancers are told: a coordinator that is not ready answers 503 with the same body. */
export const Readiness = () => {
  const { data, error } = useQuery({
    queryKey: ['/readyz'],
    queryFn: async ({ signal }): Promise<Checks> => {
      const answer = await fetch('/readyz', { signal, headers: { accept: 'application/json' } })
      return answer.json()
    },
    refetchInterval: LOOK_MS,
  })
  return (
    <Panel title="Readiness" beside={data && <Verdict ok={data.ok} />}>
      {error && <StatusBadge tone="bad">no answer</StatusBadge>}
      <ul className="checks">
        {Object.entries(data?.checks ?? {}).map(([name, { ok, detail }]) => (
          <li key={name}>
            <StatusBadge tone={ok ? 'good' : 'bad'}>{name}</StatusBadge>
            {detail && <span className="help">{detail}</span>}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

const Verdict = ({ ok }: { ok: boolean }) => (
  <StatusBadge tone={ok ? 'good' : 'bad'}>{ok ? 'ready' : 'not ready'}</StatusBadge>
)
