import type { FastifyInstance, FastifyRequest } from 'fastify'

const SUBJECTS = ['task', 'round', 'client', 'version', 'digest'] as const

/** Every line about a request has the ids of its address as fields: what it is about can be looked for by them. */
export const logSubjects = (app: FastifyInstance): void => {
  app.addHook('onRequest', async (request) => {
    const fields = subjectsOf(request)
    if (Object.keys(fields).length > 0) request.log = request.log.child(fields)
  })
}

const subjectsOf = ({ params }: FastifyRequest): Record<string, string> => {
  if (typeof params !== 'object' || params === null) return {}
  const named = new Map<string, unknown>(Object.entries(params))
  const fields: Record<string, string> = {}
  for (const name of SUBJECTS) {
    const value = named.get(name)
    if (typeof value === 'string') fields[name] = value
  }
  // An address may give a round's number alone.
  if (fields.task !== undefined && /^\d+$/.test(fields.round ?? ''))
    fields.round = `${fields.task}.${fields.round}`
  return fields
}
