/** A live, ordered, two-way line of control messages: a socket in deployment, memory in simulation. */

export type Channel<Outgoing, Incoming> = {
  /** Hands one message to the line. A message sent on a closed line is dropped: the receiver learns of it by `closed`. */
  send(message: Outgoing): void
  /** Sets who hears messages and the end of the line; exactly one listener, set once. */
  listen(listener: ChannelListener<Incoming>): void
  /** Ends the line: what this end has sent still arrives, and it hears no more but `closed`. Harmless when it has ended. */
  close(reason?: string): void
}

export type ChannelListener<Incoming> = {
  message(message: Incoming): void
  /** What arrived was not a message of the protocol. The line stays open. */
  malformed?(problem: string): void
  closed(reason: string): void
}
