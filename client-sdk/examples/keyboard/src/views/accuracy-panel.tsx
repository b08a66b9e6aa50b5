import type { Judged, Story } from '../story.ts'

const WIDTH = 320
const HEIGHT = 120
const LEFT = 30
const BOTTOM = 16

/** Accuracy on lines that nobody trains on, by version, beside what needs no model. */
export const AccuracyPanel = ({ judged, story }: { judged: readonly Judged[]; story: Story | undefined }) => {
  const baseline = story?.baseline
  const latest = judged.at(-1)
  const first = judged[0]
  if (!latest || !first) return null
  const most = Math.max(0.2, ...judged.map(({ top3 }) => top3)) * 1.1
  const x = (version: number) =>
    LEFT + ((WIDTH - LEFT - 6) * (version - first.version)) / Math.max(1, latest.version - first.version)
  const y = (share: number) => (HEIGHT - BOTTOM) * (1 - share / most)
  const path = (of: 'top1' | 'top3') =>
    judged
      .map((one, at) => `${at === 0 ? 'M' : 'L'}${x(one.version).toFixed(1)} ${y(one[of]).toFixed(1)}`)
      .join('')
  const label = `Among three suggestions: ${percent(first.top3)} at version ${first.version}, ${percent(latest.top3)} at version ${latest.version}.`
  return (
    <section aria-labelledby="accuracy-title" className="panel accuracy">
      <h2 id="accuracy-title">How often the next word was among the three</h2>
      <p className="figure">
        <strong data-testid="top3">{percent(latest.top3)}</strong>
        <span className="quiet">first of them {percent(latest.top1)}</span>
      </p>
      {story && <p className="quiet">In {story.heldOut.length} lines that nobody trains on</p>}
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
        {[0, 0.1, 0.2].map((share) => (
          <g key={share}>
            <line className="rule" x1={LEFT} x2={WIDTH} y1={y(share)} y2={y(share)} />
            <text x={LEFT - 5} y={y(share) + 3} textAnchor="end">
              {100 * share} %
            </text>
          </g>
        ))}
        {baseline && (
          <line className="baseline" x1={LEFT} x2={WIDTH} y1={y(baseline.top3)} y2={y(baseline.top3)} />
        )}
        <path className="top1" d={path('top1')} />
        <path className="top3" d={path('top3')} />
        <circle className="top3" cx={x(latest.version)} cy={y(latest.top3)} r="3.5" />
        <text x={WIDTH - 6} y={HEIGHT - 3} textAnchor="end">
          version {latest.version}
        </text>
      </svg>
      <ul className="legend">
        <li className="top3">among three</li>
        <li className="top1">the first</li>
        {baseline && (
          <li className="baseline">
            always “{baseline.words.join(', ')}”: {percent(baseline.top3)}
          </li>
        )}
      </ul>
    </section>
  )
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
