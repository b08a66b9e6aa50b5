import type { Session } from '../session.ts'
import type { State } from '../state.ts'

const TOLD = {
  yes: 'The coordinator was told, and lets this client in no more. What it had acknowledged before stays in the average of its round.',
  later:
    'The coordinator was not reached. A signed statement is kept, and handed in as soon as it can be: that is a second record below.',
  before: 'You withdrew when this page was open before. Nobody takes part for you.',
} as const

export const ErasedScreen = ({ session, state: { erased, problem } }: { session: Session; state: State }) => (
  <main className="sheet">
    <p className="eyebrow">Erased</p>
    <h1>You are gone from this keyboard</h1>
    <p className="lead">{erased && TOLD[erased.told]}</p>
    {erased && (
      <>
        <h2>What is left in this browser</h2>
        <table className="remains">
          <thead>
            <tr>
              <th scope="col">Database</th>
              <th scope="col" className="number">
                Records
              </th>
            </tr>
          </thead>
          <tbody>
            {erased.remains.map(({ name, records }) => (
              <tr key={name}>
                <td>{name.replace(/ https?:\S+/, '')}</td>
                <td className="number">{records}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p className="quiet">
          A record that is left says one thing: that you withdrew, so that nobody takes part for you by
          mistake.
        </p>
      </>
    )}
    {problem && (
      <p role="alert" className="problem">
        {problem}
      </p>
    )}
    <div className="actions">
      <button type="button" onClick={() => void session.agree()}>
        Begin again, as somebody new
      </button>
    </div>
  </main>
)
