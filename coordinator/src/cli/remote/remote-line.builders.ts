import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TaskFile } from '@tributary/protocols/task'
import type { RunningCoordinator } from '../../serve.ts'
import { type Circumstances, runIn } from '../command-line.builders.ts'
import { ADMIN, aHome, aTask, type Home } from '../data-folder.builders.ts'

/** Runs command lines against one address, with a token. */
export const lineTo = (url: string, token: string) => {
  const env = { TRIBUTARY_URL: url, TRIBUTARY_TOKEN: token }
  return {
    env,
    run: (...args: string[]) => runIn({ env }, ...args),
    runIn: (where: Circumstances, ...args: string[]) =>
      runIn({ ...where, env: { ...env, ...where.env } }, ...args),
    /** What it prints with `--json`. Throws where it does not end with 0. */
    async json(...args: string[]) {
      const outcome = await runIn({ env }, ...args, '--json')
      if (outcome.code !== 0) throw new Error(`${args.join(' ')} ended with ${outcome.code}:\n${outcome.err}`)
      return JSON.parse(outcome.out)
    },
  }
}

export type Live = AsyncDisposable &
  ReturnType<typeof lineTo> & {
    home: Home
    coordinator: RunningCoordinator
    services: RunningCoordinator['coordinator']['services']
    makeTask(file?: TaskFile): Promise<void>
  }

/** A real coordinator in this process, and command lines of its first admin. */
export const aLiveCoordinator = async (): Promise<Live> => {
  const home = await aHome()
  const coordinator = await home.serve()
  const { services } = coordinator.coordinator
  return {
    ...lineTo(coordinator.url, coordinator.firstAdminToken ?? ''),
    home,
    coordinator,
    services,
    async makeTask(file = aTask()) {
      await services.tasks.create(file, ADMIN)
    },
    [Symbol.asyncDispose]: () => home[Symbol.asyncDispose](),
  }
}

export type StandIn = AsyncDisposable & { url: string; port: number }

/** A server that answers as it is told: what a coordinator would not say, or not on demand. */
export const aStandIn = async (answer: RequestListener, port = 0): Promise<StandIn> => {
  const server = createServer(answer)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${taken}`,
    port: taken,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A listener that answers JSON. */
export const answering =
  (bodyOf: (url: URL) => unknown): RequestListener =>
  (request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(bodyOf(new URL(request.url ?? '', 'http://stand-in'))))
  }
