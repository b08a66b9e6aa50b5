import type { Session } from '../session.ts'
import type { State } from '../state.ts'
import { WORDING } from '../wording.ts'

export const ConsentScreen = ({ session, state }: { session: Session; state: State }) => (
  <main className="sheet">
    <p className="eyebrow">Before anything else</p>
    <h1>May this keyboard learn from what you type?</h1>
    <p className="lead">{WORDING}</p>
    <dl className="facts">
      <div>
        <dt>Stays here</dt>
        <dd>Every line you write, in this browser’s own storage.</dd>
      </div>
      <div>
        <dt>Leaves</dt>
        <dd>
          In rounds that you take part in, how 65 thousand numbers of the model would change, how many words
          you trained on, how long it took, and how well the model foretold them (loss and accuracy).
        </dd>
      </div>
      <div>
        <dt>Who can read it</dt>
        <dd>
          It is sealed on its way. The coordinator opens it to average it with the others, so it is not
          anonymous to the coordinator.
        </dd>
      </div>
      <div>
        <dt>Any time</dt>
        <dd>Airplane mode stops it. “Erase me” deletes everything here, and tells the coordinator.</dd>
      </div>
    </dl>
    {state.consent === 'declined' && (
      <p role="status" className="note">
        Nothing was sent, and nothing will be. You can still change your mind.
      </p>
    )}
    <div className="actions">
      <button type="button" onClick={() => void session.agree()}>
        Yes, learn with me
      </button>
      <button type="button" onClick={() => void session.decline()}>
        No, thanks
      </button>
    </div>
    <p className="quiet">
      You are <strong>{session.person}</strong> in this tab. Until you answer, nothing has been asked for but
      this page and its files.
    </p>
  </main>
)
