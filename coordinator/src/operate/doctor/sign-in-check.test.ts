import { createServer, type Server } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { signInCheck } from './sign-in-check.ts'

let server: Server | undefined
afterEach(() => server?.close())

/** A provider that answers so at its discovery address. */
const aProvider = async (answer: (issuer: string) => { status?: number; body: string }) => {
  server = createServer((request, response) => {
    const { status = 200, body } = answer(issuer)
    response.writeHead(request.url === '/.well-known/openid-configuration' ? status : 404).end(body)
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  return {
    issuer,
    clientId: 'fl',
    clientSecret: undefined,
    scopes: 'openid',
    name: 'Example ID',
    roleClaims: ['roles'],
    roles: { admin: [], operator: [], viewer: [] },
  }
}

const document = (issuer: string) =>
  JSON.stringify({
    issuer,
    authorization_endpoint: `${issuer}/a`,
    token_endpoint: `${issuer}/t`,
    jwks_uri: `${issuer}/k`,
  })
const local = { host: '127.0.0.1', publicUrl: undefined }
const saidOf = async (check: Parameters<typeof signInCheck>[0]) =>
  (await signInCheck(check).run()).map(({ verdict, says }) => `${verdict}: ${says}`)

test('without a provider, tokens sign in', async () => {
  expect(await saidOf({ ...local, oidc: undefined })).toEqual(['ok: by operator tokens'])
})

test('a provider that is there is named', async () => {
  const oidc = await aProvider((issuer) => ({ body: document(issuer) }))
  expect(await saidOf({ ...local, oidc })).toEqual([
    `ok: by operator tokens, and by Example ID at ${oidc.issuer}`,
  ])
})

test.each<[string, Parameters<typeof aProvider>[0]]>([
  ['answers 500', () => ({ status: 500, body: '' })],
  ['is no discovery document of OpenID Connect', () => ({ body: '{}' })],
  ['does not answer', () => ({ body: 'not JSON' })],
  ['is the document of another issuer', () => ({ body: document('https://other.example') })],
])('one that %s is a fault', async (says, answer) => {
  const oidc = await aProvider(answer)
  expect(await saidOf({ ...local, oidc })).toEqual([
    `fail: ${oidc.issuer}/.well-known/openid-configuration ${says}`,
  ])
})

test.each([
  ['0.0.0.0', undefined, 2],
  ['0.0.0.0', 'http://fl.example', 2],
  ['0.0.0.0', 'https://fl.example', 1],
  ['::1', undefined, 1],
])(
  'on %s, public at %s, there are %d findings: cookies over plain http are warned of',
  async (host, publicUrl, count) => {
    expect(await saidOf({ host, publicUrl, oidc: undefined })).toHaveLength(count)
  },
)
