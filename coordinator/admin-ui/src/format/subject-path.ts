/**
 * Where the console shows what an audit entry or a delivery is about; undefined where nothing does. `digits.12` is a round,
 * `digits/models/4` a version, `c-…` a client, `wh_…` a webhook; a bare name is a task where the `kind` of the act says so.
 */
export const subjectPath = (subject: string, kind: string): string | undefined => {
  if (/^c-[0-9a-f]{32}$/.test(subject)) return `/clients/${subject}`
  if (/^wh_[0-9a-f]{24}$/.test(subject) && kind !== 'webhook.deleted') return `/webhooks/${subject}`
  const [, roundTask, number] = /^([a-z0-9][a-z0-9-]{0,62})\.([1-9][0-9]{0,9})$/.exec(subject) ?? []
  if (roundTask) return `/tasks/${roundTask}/rounds/${number}`
  const [, modelTask] = /^([a-z0-9][a-z0-9-]{0,62})\/models\/[0-9]{1,10}$/.exec(subject) ?? []
  if (modelTask) return `/tasks/${modelTask}?tab=models`
  const isTask = kind.startsWith('task.') && /^[a-z0-9][a-z0-9-]{0,62}$/.test(subject)
  return isTask ? `/tasks/${subject}` : undefined
}
