import { TaskId } from '@tributary/protocols'
import { WebhookEvent, WebhookId } from '@tributary/protocols/rest'
import * as z from 'zod'
import { actKey, everyItem, granted, type Schemas } from '../../rest-client/rest-client.ts'
import { LIMIT_USAGE, limitFlag, NO_FLAGS, remoteCommand, taken, timeText } from './remote-command.ts'

type Webhook = Schemas['WebhookView']
type Delivery = Schemas['DeliveryView']

/** `ping` goes to every webhook by itself. */
const EVENTS = WebhookEvent.options.filter((event) => event !== 'ping')

export const webhooksListCommand = remoteCommand({
  name: 'webhooks list',
  summary: 'the addresses that are told of rounds and versions',
  line: '[--limit N]',
  says: 'Each with what it is told of, and how its newest delivery went.',
  explained: LIMIT_USAGE,
  failed: 'The webhooks cannot be listed.',
  operands: {},
  flags: z.object(limitFlag),
  switches: [],
  async run({ rest, flags, show, table }) {
    const webhooks = await taken(
      everyItem((query) => granted(rest.GET('/api/v1/webhooks', { params: { query } }))),
      flags.limit,
    )
    return show(webhooks, () =>
      webhooks.length === 0
        ? 'There are no webhooks. `tributary webhooks create` makes one.\n'
        : table<Webhook>(
            [
              { title: 'WEBHOOK', text: ({ id }) => id },
              { title: 'NAME', text: ({ name }) => name },
              { title: 'TASK', text: ({ task }) => task ?? 'every' },
              {
                title: 'LAST',
                text: ({ last }) => (last ? `${last.outcome} ${timeText(last.at)}` : '-'),
                style: ({ last }) => (last?.outcome === 'failed' ? 'bad' : undefined),
              },
              { title: 'EVENTS', text: ({ events }) => events.join(' ') },
              { title: 'URL', text: ({ url }) => url },
            ],
            webhooks,
          ),
    )
  },
})

const events = z.string().transform((text, context): WebhookEvent[] => {
  const named = text.split(',').map((word) => word.trim())
  const known = EVENTS.filter((event) => named.includes(event))
  if (known.length > 0 && named.every((word) => EVENTS.some((event) => event === word))) return known
  context.addIssue(`must be some of ${EVENTS.join(', ')}, with commas between them`)
  return z.NEVER
})

export const webhooksCreateCommand = remoteCommand({
  name: 'webhooks create',
  summary: 'have an address told of rounds and versions',
  line: '<url> [--name NAME] [--events LIST] [--task TASK]',
  says: 'The secret by which deliveries are signed is shown this once. It alone stands on stdout, so that a script can take it.',
  explained: `  --name NAME            for people: what listens there (the address)
  --events LIST          with commas between them: ${EVENTS.join(', ')} (all)
  --task TASK            only of this task (of every one)
`,
  failed: 'No webhook was made.',
  operands: { url: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }) },
  flags: z.object({
    name: z.string().min(1).max(200).optional(),
    events: events.default([...EVENTS]),
    task: z.optional(TaskId),
  }),
  switches: [],
  async run({ rest, operands: { url }, flags, show, call }) {
    const webhook = await granted(
      rest.POST('/api/v1/webhooks', {
        params: { header: actKey() },
        body: {
          url,
          name: flags.name ?? new URL(url).host,
          events: flags.events,
          ...(flags.task !== undefined && { task: flags.task }),
        },
      }),
    )
    call.complain(`Webhook ${webhook.id} is made. Its secret is shown this once:\n`)
    return show(webhook, ({ secret }) => `${secret}\n`)
  },
})

const oneWebhook = { webhook: WebhookId }

export const webhooksDeleteCommand = remoteCommand({
  name: 'webhooks delete',
  summary: 'tell an address nothing more',
  line: '<webhook>',
  says: 'What was not delivered to it is dropped.',
  failed: 'The webhook was not deleted.',
  operands: oneWebhook,
  flags: NO_FLAGS,
  switches: [],
  run: async ({ rest, operands, show }) =>
    show(
      await granted(rest.DELETE('/api/v1/webhooks/{webhook}', { params: { path: operands } })),
      ({ id }) => `Webhook ${id} is deleted.\n`,
    ),
})

export const webhooksPingCommand = remoteCommand({
  name: 'webhooks ping',
  summary: 'send an address a ping, to see whether it hears',
  line: '<webhook>',
  says: '`tributary webhooks deliveries` shows what became of it.',
  failed: 'No ping was sent.',
  operands: oneWebhook,
  flags: NO_FLAGS,
  switches: [],
  run: async ({ rest, operands, show }) =>
    show(
      await granted(rest.POST('/api/v1/webhooks/{webhook}/ping', { params: { path: operands } })),
      ({ id }) => `Delivery ${id} is on its way.\n`,
    ),
})

export const webhooksDeliveriesCommand = remoteCommand({
  name: 'webhooks deliveries',
  summary: 'what an address was told, newest first, and what it answered',
  line: '<webhook> [--limit N]',
  says: 'A delivery that failed can be sent again: `tributary webhooks redeliver`.',
  explained: LIMIT_USAGE,
  failed: 'The deliveries cannot be listed.',
  operands: oneWebhook,
  flags: z.object(limitFlag),
  switches: [],
  async run({ rest, operands, flags, show, table }) {
    const deliveries = await taken(
      everyItem((query) =>
        granted(rest.GET('/api/v1/webhooks/{webhook}/deliveries', { params: { path: operands, query } })),
      ),
      flags.limit,
    )
    return show(deliveries, () =>
      deliveries.length === 0
        ? 'Nothing was delivered yet.\n'
        : table<Delivery>(
            [
              { title: 'DELIVERY', text: ({ id }) => id },
              { title: 'EVENT', text: ({ event }) => event },
              { title: 'ABOUT', text: ({ subject }) => subject },
              { title: 'STATUS', text: ({ status }) => status, style: ({ status }) => STATUS_STYLES[status] },
              { title: 'ATTEMPTS', text: ({ attempts }) => attempts, side: 'right' },
              { title: 'MADE', text: ({ createdAt }) => timeText(createdAt) },
              { title: 'NEXT', text: ({ nextAttemptAt }) => timeText(nextAttemptAt) },
              { title: 'ANSWER', text: ({ answer }) => answer ?? '-' },
            ],
            deliveries,
          ),
    )
  },
})

const STATUS_STYLES: Partial<Record<Delivery['status'], 'good' | 'bad'>> = {
  delivered: 'good',
  failed: 'bad',
}

export const webhooksRedeliverCommand = remoteCommand({
  name: 'webhooks redeliver',
  summary: 'send a delivery again',
  line: '<webhook> <delivery>',
  says: 'With the same id, so that the receiver can tell that it had it.',
  failed: 'Nothing was sent again.',
  operands: { webhook: WebhookId, delivery: z.string().min(1) },
  flags: NO_FLAGS,
  switches: [],
  run: async ({ rest, operands, show }) =>
    show(
      await granted(
        rest.POST('/api/v1/webhooks/{webhook}/deliveries/{delivery}/redeliver', {
          params: { path: operands },
        }),
      ),
      ({ id }) => `Delivery ${id} is on its way.\n`,
    ),
})
