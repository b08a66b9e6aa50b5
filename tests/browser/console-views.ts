/** Every view of the console: how it is called, where it is, and what tells that it is there. */
import type { Page } from 'playwright-core'
import type { ConsoleWorld } from './console-world.ts'

export type ConsoleView = {
  /** Also the name of its pictures. */
  name: string
  path: (world: ConsoleWorld) => string
  /** What is seen once the view has what it shows; what takes longer than that `opens` it. */
  until: string
  /** Brings it into the state that is meant, where its address does not. */
  opens?: (page: Page) => Promise<void>
  /** A view of somebody who is signed out. */
  signedOut?: true
}

const press = (name: string) => (page: Page) => page.getByRole('button', { name, exact: true }).click()

export const CONSOLE_VIEWS: readonly ConsoleView[] = [
  { name: 'sign-in', path: () => '/sign-in', until: 'label', signedOut: true },
  { name: 'overview', path: () => '/', until: '.open-round' },
  { name: 'tasks', path: () => '/tasks', until: 'tbody tr' },
  { name: 'task', path: () => '/tasks/digits-line', until: 'h1' },
  { name: 'task-rounds', path: () => '/tasks/digits-line?tab=rounds', until: 'tbody tr' },
  { name: 'task-metrics', path: () => '/tasks/digits-line?tab=metrics', until: '.chart' },
  { name: 'task-models', path: () => '/tasks/digits-line?tab=models', until: 'tbody tr' },
  {
    name: 'model-roll-back',
    path: () => '/tasks/keyboard-private/models/2',
    until: '.facts',
    async opens(page) {
      await press('Roll back')(page)
      await page.waitForSelector('dialog[open]')
    },
  },
  { name: 'task-privacy', path: () => '/tasks/keyboard-private?tab=privacy', until: '.budget' },
  { name: 'task-file', path: () => '/tasks/digits-line?tab=file', until: '.json' },
  { name: 'task-unknown', path: () => '/tasks/no-such-task', until: '.problem' },
  { name: 'new-task', path: () => '/tasks/_new', until: '.json' },
  {
    name: 'new-task-refused',
    path: () => '/tasks/_new',
    until: '.json',
    async opens(page) {
      await page.getByLabel('Quorum').fill('80')
      await press('Create task')(page)
      await page.waitForSelector('.field-wrong')
    },
  },
  {
    name: 'new-task-file',
    path: () => '/tasks/_new?tab=file',
    until: '.editor',
    async opens(page) {
      await page.getByLabel('Task file').fill('{\n  "id": "digits",\n  "plan": { "epochs": 0 }\n}')
      await page.waitForSelector('.editor-wrong')
    },
  },
  {
    name: 'task-reschedule',
    path: () => '/tasks/digits-line',
    until: 'h1',
    async opens(page) {
      await press('Reschedule')(page)
      await page.waitForSelector('dialog[open]')
    },
  },
  { name: 'model', path: () => '/tasks/digits-line/models/3', until: '.table' },
  {
    name: 'round-going-on',
    path: ({ openRound }) => `/tasks/digits-line/rounds/${openRound}`,
    until: 'h1',
  },
  {
    name: 'round-abandon',
    path: ({ openRound }) => `/tasks/digits-line/rounds/${openRound}`,
    until: 'h1',
    async opens(page) {
      await press('Abandon round')(page)
      await page.waitForSelector('dialog[open]')
    },
  },
  { name: 'round-completed', path: () => '/tasks/digits-line/rounds/3', until: 'h1' },
  {
    name: 'round-abandoned',
    path: ({ openRound }) => `/tasks/digits-line/rounds/${openRound - 1}`,
    until: 'h1',
  },
  { name: 'round-secure', path: () => '/tasks/hospital-secure/rounds/1', until: 'h1' },
  { name: 'clients', path: () => '/clients', until: 'tbody tr' },
  { name: 'clients-none-match', path: () => '/clients?search=c-0000000000', until: '.empty' },
  { name: 'client', path: ({ client }) => `/clients/${client}`, until: 'tbody tr' },
  { name: 'client-unknown', path: () => `/clients/c-${'0'.repeat(32)}`, until: '.problem' },
  { name: 'invitations', path: () => '/clients?tab=invitations', until: 'tbody tr' },
  {
    name: 'invite',
    path: () => '/clients?tab=invitations',
    until: 'tbody tr',
    async opens(page) {
      await press('Invite clients')(page)
      await page.getByLabel('Name').fill('ward 9')
      await press('Make invitation')(page)
      await page.waitForSelector('.qr')
    },
  },
  {
    name: 'invite-refused',
    path: () => '/clients?tab=invitations',
    until: 'tbody tr',
    async opens(page) {
      await press('Invite clients')(page)
      await page.getByRole('spinbutton', { name: 'Clients' }).fill('0')
      await press('Make invitation')(page)
      await page.waitForSelector('.field-wrong')
    },
  },
  { name: 'webhooks', path: () => '/webhooks', until: 'tbody tr' },
  {
    name: 'webhook-create',
    path: () => '/webhooks',
    until: 'tbody tr',
    async opens(page) {
      await press('Create webhook')(page)
      await page.waitForSelector('dialog[open]')
    },
  },
  { name: 'webhook', path: ({ webhook }) => `/webhooks/${webhook}`, until: 'tbody tr' },
  { name: 'audit', path: () => '/audit', until: 'tbody tr' },
  {
    name: 'audit-verified',
    path: () => '/audit',
    until: 'tbody tr',
    async opens(page) {
      await press('Verify the chain')(page)
      await page.waitForSelector('.verdict')
    },
  },
  {
    name: 'system',
    path: () => '/system',
    until: '.checks li',
    async opens(page) {
      await page.waitForSelector('.plot canvas', { timeout: 20_000 })
    },
  },
  { name: 'access', path: () => '/access', until: 'tbody tr' },
  {
    name: 'token-create',
    path: () => '/access',
    until: 'tbody tr',
    async opens(page) {
      await press('Create token')(page)
      await page.waitForSelector('dialog[open]')
    },
  },
  { name: 'no-such-page', path: () => '/nothing/here', until: '.empty' },
]
