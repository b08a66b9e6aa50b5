import type { FederatedClient, FederatedModel, TributaryError } from '@tributary/client-sdk'

/** What a client tells, as words in order: each state once in a row, progress once a round. */
export const listen = (client: FederatedClient) => {
  const words: string[] = []
  const models: FederatedModel[] = []
  const errors: TributaryError[] = []
  const say = (word: string) => {
    if (words.at(-1) !== word) words.push(word)
  }
  let state: string | undefined
  client.on('state', ({ is }) => {
    // The same state with another detail, such as how long it rests, is no other word.
    if (is !== state) say(is)
    state = is
  })
  client.on('invited', ({ round }) => say(`invited to ${round}`))
  client.on('progress', ({ round }) => say(`progress in ${round}`))
  client.on('trained', ({ round }) => say(`trained for ${round}`))
  client.on('submitted', ({ round }) => say(`submitted for ${round}`))
  client.on('failed', ({ round, reason }) => say(`failed in ${round}: ${reason}`))
  client.on('round-ended', ({ round, outcome }) => say(`end of ${round}: ${outcome.kind}`))
  client.on('model', (model) => {
    models.push(model)
    say(`model ${model.version}`)
  })
  client.on('error', (error) => {
    errors.push(error)
    say(`error ${error.code}`)
  })
  return { words, models, errors, has: (word: string) => words.includes(word) }
}
