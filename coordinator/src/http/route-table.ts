import type { FastifyInstance } from 'fastify'

/** The most characters of a part of an address that stands for a name. */
export const LONGEST_NAME = 128

export type RouteTable = {
  /** The methods that can be asked of a path, in alphabetical order; none where there is no such path. */
  methodsAt(path: string): string[]
}

/** Knows every route registered after it, so that a wrong method is told from a wrong address. */
export const recordRoutes = (app: FastifyInstance): RouteTable => {
  const routes: { pattern: RegExp; methods: string[] }[] = []
  app.addHook('onRoute', ({ url, method }) => {
    if (!url.includes('*')) routes.push({ pattern: patternOf(url), methods: [method].flat() })
  })
  return {
    methodsAt: (path) => {
      const methods = routes.filter(({ pattern }) => pattern.test(path)).flatMap((route) => route.methods)
      return [...new Set(methods)].toSorted()
    },
  }
}

const patternOf = (url: string): RegExp => {
  const parts = url.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : part.replaceAll('.', '\\.')))
  return new RegExp(`^${parts.join('/')}$`)
}
