import { TaskId } from '@tributary/protocols'
import { VersionParam } from '@tributary/protocols/rest'
import * as z from 'zod'
import { readBytesFile } from '../../adapters/files/text-file.ts'
import { actKey, everyItem, granted, type RestClient, type Schemas } from '../../rest-client/rest-client.ts'
import { textFields } from '../text-table.ts'
import { bytesText } from './bytes-text.ts'
import { downloadedText, downloadModel, fileNameOf } from './download-model.ts'
import { LIMIT_USAGE, limitFlag, NO_FLAGS, remoteCommand, taken, timeText } from './remote-command.ts'
import { shortNumber } from './round-text.ts'

type ModelView = Schemas['ModelView']

export const modelsListCommand = remoteCommand({
  name: 'models list',
  summary: 'a task’s model versions, newest first',
  line: '<task> [--limit N]',
  says: 'Each with the version before it, where it came from, and the digest of its weights.',
  explained: LIMIT_USAGE,
  failed: 'The versions cannot be listed.',
  operands: { task: TaskId },
  flags: z.object(limitFlag),
  switches: [],
  async run({ rest, operands, flags, show, table }) {
    const { task } = operands
    const models = await taken(
      everyItem((query) =>
        granted(rest.GET('/api/v1/tasks/{task}/models', { params: { path: { task }, query } })),
      ),
      flags.limit,
    )
    return show(models, () =>
      models.length === 0
        ? `Task ${task} has no version yet. \`tributary models import ${task} <file>\` gives it one.\n`
        : table<ModelView>(
            [
              { title: 'VERSION', text: ({ version }) => version, side: 'right' },
              { title: 'PARENT', text: ({ parent }) => parent ?? '-', side: 'right' },
              { title: 'FROM', text: originText },
              { title: 'MADE', text: ({ createdAt }) => timeText(createdAt) },
              { title: 'SIZE', text: ({ weights }) => bytesText(weights.bytes), side: 'right' },
              { title: 'DIGEST', text: ({ weights }) => weights.digest },
            ],
            models,
          ),
    )
  },
})

const oneVersion = { task: TaskId, version: VersionParam }

export const modelsShowCommand = remoteCommand({
  name: 'models show',
  summary: 'one model version',
  line: '<task> <version>',
  says: 'Where it came from, what it measured, and the digest of its weights.',
  failed: 'The version cannot be shown.',
  operands: oneVersion,
  flags: NO_FLAGS,
  switches: [],
  run: async ({ rest, operands, show }) => show(await modelOf(rest, operands), modelText),
})

export const modelsDownloadCommand = remoteCommand({
  name: 'models download',
  summary: 'bring a version’s weights into a file',
  line: '<task> <version> [--output FILE]',
  says: 'As safetensors. A download that was cut or interrupted goes on where it was; what came is held against the version’s digest.',
  explained: `  -o, --output FILE      where to (<task>-v<version>.safetensors)
`,
  failed: 'The weights were not brought.',
  operands: oneVersion,
  flags: z.object({ output: z.string().min(1, 'must name a file').optional() }),
  switches: [],
  letters: { output: 'o' },
  async run(remote) {
    const { operands, flags, show } = remote
    const file = flags.output ?? fileNameOf(operands.task, operands.version)
    const model = await modelOf(remote.rest, operands)
    return show(await downloadModel(remote, model, file), downloadedText)
  },
})

/** A file of hundreds of megabytes may take long on a slow line. */
const UPLOAD_MS = 30 * 60_000

export const modelsImportCommand = remoteCommand({
  name: 'models import',
  summary: 'make a version of a safetensors file',
  line: '<task> <file> [--note TEXT]',
  says: 'Initial or repaired weights. They must have the tensors that the task names.',
  explained: `  --note TEXT            where they come from: kept with the version
`,
  failed: 'No version was made.',
  operands: { task: TaskId, file: z.string().min(1) },
  flags: z.object({ note: z.string().max(500).default('') }),
  switches: [],
  async run({ restWith, operands: { task, file }, flags, show }) {
    const bytes = readBytesFile(file)
    const model = await granted(
      restWith({ answerMs: UPLOAD_MS }).POST('/api/v1/tasks/{task}/models', {
        params: { path: { task }, query: { note: flags.note }, header: actKey() },
        headers: { 'content-type': 'application/octet-stream' },
        body: bytes,
        bodySerializer: (body) => body,
      }),
    )
    return show(model, ({ version, weights }) => `Version ${version} of ${task} is ${weights.digest}.\n`)
  },
})

export const modelsRollbackCommand = remoteCommand({
  name: 'models rollback',
  summary: 'go back to an older version, as a new one',
  line: '<task> <version> --reason TEXT',
  says: 'Makes a new version that equals the old one; nothing is lost. Clients on the line are told of it at once.',
  explained: `  --reason TEXT          why: it is kept with the version and in the audit log
`,
  failed: 'Nothing was rolled back.',
  operands: oneVersion,
  flags: z.object({ reason: z.string('is missing: say why').min(1, 'must say why').max(500) }),
  switches: [],
  async run({ rest, operands: { task, version }, flags, show }) {
    const model = await granted(
      rest.POST('/api/v1/tasks/{task}/rollback', {
        params: { path: { task }, header: actKey() },
        body: { version, reason: flags.reason },
      }),
    )
    return show(model, (made) => `Version ${made.version} of ${task} equals version ${version}.\n`)
  },
})

const modelOf = (rest: RestClient, { task, version }: { task: TaskId; version: number }) =>
  granted(
    rest.GET('/api/v1/tasks/{task}/models/{version}', {
      params: { path: { task, version: String(version) } },
    }),
  )

const originText = ({ origin }: ModelView): string => {
  switch (origin.kind) {
    case 'initial':
      return `seed ${origin.seed}`
    case 'imported':
      return `imported${origin.note ? `: ${origin.note}` : ''}`
    case 'round':
      return `round ${origin.round}`
    case 'rollback':
      return `version ${origin.to}${origin.reason ? `: ${origin.reason}` : ''}`
    default:
      return 'unknown'
  }
}

const modelText = (model: ModelView): string => {
  const { origin } = model
  return textFields([
    ['task', model.task],
    ['version', model.version],
    ['parent', model.parent ?? 'none'],
    ['from', originText(model)],
    ['made', timeText(model.createdAt)],
    ['digest', model.weights.digest],
    ['size', bytesText(model.weights.bytes)],
    ['examples', origin.kind === 'round' ? origin.examples : undefined],
    ...(origin.kind === 'round'
      ? Object.entries(origin.metrics).map(([name, value]) => [name, shortNumber(value)] as const)
      : []),
    [
      'privacy',
      origin.kind === 'round' && origin.privacy
        ? `epsilon ${origin.privacy.epsilon ?? 'unbounded'} at delta ${origin.privacy.delta}`
        : undefined,
    ],
  ])
}
