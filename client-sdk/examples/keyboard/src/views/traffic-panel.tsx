import { useState } from 'react'
import { inBytes, inWords } from '../in-words.ts'
import type { State } from '../state.ts'

/** Rows in sight at first. */
const FEW = 12

export const TrafficPanel = ({ state: { passed, sent, airplane } }: { state: State }) => {
  const [way, setWay] = useState<'out' | 'both'>('out')
  const [all, setAll] = useState(false)
  const out = passed.filter((one) => one.way === 'out')
  const rows = (way === 'out' ? out : passed).toReversed().slice(0, all ? undefined : FEW)
  return (
    <section aria-labelledby="traffic-title" className="panel traffic">
      <header>
        <h2 id="traffic-title">What left this device, and when</h2>
        <button
          type="button"
          className="small"
          aria-pressed={way === 'both'}
          onClick={() => setWay(way === 'out' ? 'both' : 'out')}
        >
          what came, too
        </button>
      </header>
      <p className="figure">
        <strong data-sent-bytes={sent.bytes} data-sent-messages={sent.messages}>
          {inBytes(sent.bytes)}
        </strong>
        <span className="quiet">
          in {sent.messages} {sent.messages === 1 ? 'message' : 'messages'} since this page opened
          {airplane ? '; airplane mode is on' : ''}
        </span>
      </p>
      {rows.length === 0 ? (
        <p className="quiet">Nothing.</p>
      ) : (
        <div className="rows">
          <table>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">What</th>
                <th scope="col" className="number">
                  Bytes
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((one) => {
                const { kind, detail } = inWords(one)
                return (
                  <tr key={one.number} data-way={one.way}>
                    <td>
                      <time dateTime={new Date(one.at).toISOString()}>
                        {new Date(one.at).toLocaleTimeString('en-GB')}
                      </time>
                    </td>
                    <td>
                      <span className="kind">
                        {one.way === 'out' ? '↑' : '↓'} {kind}
                      </span>{' '}
                      {detail}
                    </td>
                    <td className="number">{inBytes(one.bytes)}</td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
      )}
      {(way === 'out' ? out : passed).length > FEW && (
        <button type="button" className="small" onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : 'Show all'}
        </button>
      )}
      <p className="quiet">
        Counted where the SDK hands it to the browser: bodies, the claims beside an update, and frames of the
        line. Headers of HTTP come on top. The page’s own files come from the app’s server, which is sent
        nothing.
      </p>
    </section>
  )
}
