import type { SwaggerTransformObject } from '@fastify/swagger'

type OpenApiDocument = ReturnType<SwaggerTransformObject>

/**
 * Takes out of a generated document what would mislead its readers: operations of HEAD, which repeat those of GET under the
 * same id; references to the anonymous recursion of "any JSON value"; and components that nothing refers to.
 */
export const pruneDocument = (document: OpenApiDocument): OpenApiDocument => {
  const pruned = withoutHead(withoutAnonymous(document))
  const components = componentsOf(pruned)
  components[ANY_JSON] = { description: 'Any JSON value' }
  const kept = reachable(pruned, components)
  for (const name of Object.keys(components)) if (!kept.has(name)) delete components[name]
  return pruned
}

const withoutAnonymous = <T>(document: T): T =>
  JSON.parse(JSON.stringify(document), (_key, value: unknown) =>
    isAnonymous(value) ? { $ref: `${COMPONENT}${ANY_JSON}` } : value,
  )

/** The component that stands for it. */
export const ANY_JSON = 'Json'

const isAnonymous = (value: unknown): boolean =>
  isRecord(value) && typeof value.$ref === 'string' && value.$ref.includes('__shared')

const withoutHead = (document: OpenApiDocument): OpenApiDocument => {
  for (const path of Object.values(document.paths ?? {})) if (path && 'head' in path) delete path.head
  return document
}

const COMPONENT = '#/components/schemas/'

const componentsOf = (document: OpenApiDocument): Record<string, unknown> =>
  'components' in document ? (document.components?.schemas ?? {}) : {}

/** The components that paths refer to, and those that these refer to in turn. */
const reachable = (document: OpenApiDocument, components: Record<string, unknown>): Set<string> => {
  const found = new Set<string>()
  const visit = (value: unknown): void => {
    for (const name of referredBy(value)) {
      if (found.has(name)) continue
      found.add(name)
      visit(components[name])
    }
  }
  visit(document.paths)
  return found
}

const referredBy = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(referredBy)
  if (!isRecord(value)) return []
  const own =
    typeof value.$ref === 'string' && value.$ref.startsWith(COMPONENT)
      ? [value.$ref.slice(COMPONENT.length)]
      : []
  return [...own, ...Object.values(value).flatMap(referredBy)]
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
