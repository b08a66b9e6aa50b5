import fastifyCookie from '@fastify/cookie'
import fastify from 'fastify'
import { expect, test } from 'vitest'
import { refuse } from '../refusal.ts'
import { lineSession } from './line-session.ts'

const grace = { id: 'g', name: 'Grace', role: 'admin' } as const
const admitted = { actor: grace, expiresAt: 5 }
const refused = expect.objectContaining({ refused: 'unauthenticated' })

const asked = async (cookieHeader: string, publicUrl?: string) => {
  const app = fastify()
  await app.register(fastifyCookie)
  const session = lineSession(app, {
    publicUrl,
    sessions: {
      look: async (cookie) =>
        cookie === 'trc_grace'
          ? { id: 's', actor: grace, csrf: 'word', expiresAt: 5 }
          : refuse('unauthenticated', 'no'),
    },
  })
  return session(cookieHeader)
}

test('a line is its session’s holder’s, without the session’s word', async () => {
  expect(await asked('theme=dark; tributary-session=trc_grace')).toEqual(admitted)
  expect(await asked('__Host-tributary=trc_grace')).toEqual(admitted)
})

test.each(['', 'tributary-session=trc_eve', 'tributary-session', 'other=trc_grace', '=;;'])(
  'of the cookies %j none is a session’s',
  async (cookies) => {
    expect(await asked(cookies)).toEqual(refused)
  },
)

test('the plain cookie counts for nothing where the console is public over https, nor beside the other', async () => {
  expect(await asked('tributary-session=trc_grace', 'https://fl.example')).toEqual(refused)
  expect(await asked('tributary-session=trc_grace; __Host-tributary=trc_eve')).toEqual(refused)
})
