/** An app in React, as its author would write it: the question, and what the client is at. */
import { Consent, type ConsentProps, useFederatedClient } from '@tributary/client-sdk/react'

export type AppProps = Pick<ConsentProps, 'client' | 'words' | 'onGranted'>

export const App = ({ client, words = {}, onGranted }: AppProps) => {
  const { state, consent, modelVersion, progress, error } = useFederatedClient(client)
  return (
    <main>
      <h1>Steps</h1>
      <Consent
        client={client}
        title="Help this app learn?"
        leaves={['how the model changed, sealed', 'how many examples that came from']}
        stays={['your steps']}
        wording="My steps may be learned from."
        words={words}
        {...(onGranted && { onGranted })}
      >
        <p>What is learned improves the forecast for everybody.</p>
      </Consent>
      <output>{[state.is, consent ?? 'not read', `model ${modelVersion ?? 'none'}`].join(', ')}</output>
      {progress && <progress aria-label="Training" value={progress.fraction} />}
      {error && <p>{error.code}</p>}
    </main>
  )
}
