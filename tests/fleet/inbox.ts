/** What has come over a line, for whoever asks for it later: nothing is missed between two questions. */
export type Inbox<Message extends { type: string }> = {
  put(message: Message): void
  /** The next message of this type, or one of these types, of those that have not been taken. */
  next<Type extends Message['type']>(...types: Type[]): Promise<Extract<Message, { type: Type }>>
  /** Hands every message that has not been taken, and all that come, to `hear`. */
  listen(hear: (message: Message) => void): void
}

export const createInbox = <Message extends { type: string }>(): Inbox<Message> => {
  const untaken: Message[] = []
  const takers = new Set<() => void>()
  let hear: ((message: Message) => void) | undefined
  const is =
    <Type extends Message['type']>(types: readonly Type[]) =>
    (message: Message): message is Extract<Message, { type: Type }> =>
      types.some((type) => message.type === type)
  return {
    put(message) {
      if (hear) return hear(message)
      untaken.push(message)
      for (const take of takers) take()
    },
    next: (...types) =>
      new Promise((resolve) => {
        const take = () => {
          const found = untaken.find(is(types))
          if (!found) return
          takers.delete(take)
          untaken.splice(untaken.indexOf(found), 1)
          resolve(found)
        }
        takers.add(take)
        take()
      }),
    listen(listener) {
      hear = listener
      for (const message of untaken.splice(0)) listener(message)
    },
  }
}
