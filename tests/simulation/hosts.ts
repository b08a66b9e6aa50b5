/** The machines that a world's coordinators run on, each with a process of its own, over one storage. */
import type { Chance } from './chance.ts'
import type { Serving } from './faulty-bulk.ts'
import { createHost, type HostNeeds } from './host.ts'

export type Hosts = {
  /** A process that answers, by chance where several do: what a client that connects comes to. */
  serving(): Serving | undefined
  /** Every process that answers. */
  all(): Serving[]
  /** Whether every machine has a process that answers. */
  ready(): boolean
  /** Starts a process on every machine that has none. */
  start(): void
  /** Tells a process that answers to stop, as for a new release. */
  stopOne(): Promise<void>
  /** No process is started again by itself. */
  retire(): void
  /** Processes that have been started. */
  starts(): number
}

export const createHosts = (
  count: number,
  { chance, ...needs }: Omit<HostNeeds, 'label'> & { chance: Chance },
): Hosts => {
  const hosts = Array.from({ length: count }, (_, i) =>
    createHost({ ...needs, label: (name) => (i === 0 ? name : `${name} of host ${i}`) }),
  )
  const oneOf = <T>(choices: readonly T[]): T | undefined =>
    choices.length > 1 ? choices[chance.whole(0, choices.length - 1)] : choices[0]
  const all = () => hosts.flatMap((host) => host.serving() ?? [])
  return {
    all,
    serving: () => oneOf(all()),
    ready: () => all().length === count,
    start() {
      for (const host of hosts) if (!host.serving()) host.start()
    },
    async stopOne() {
      await oneOf(hosts.filter((host) => host.serving()))?.stopOrderly()
    },
    retire() {
      for (const host of hosts) host.retire()
    },
    starts: () => hosts.reduce((sum, host) => sum + host.starts(), 0),
  }
}
