/** An OpenID provider: discovery, keys, authorization code with PKCE, ID tokens signed by RS256, and what it knows of people. */
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type PersonClaims = { sub: string } & Record<string, unknown>

export type OpenidProvider = AsyncDisposable & {
  issuer: string
  /** Who is signed in at the provider, as a browser that comes there finds it; nobody: they decline. */
  person: PersonClaims | undefined
  /** What is only told at the userinfo endpoint. */
  onlyInUserinfo: Record<string, unknown>
  /** How the provider, or somebody in its place, lies. */
  lie: Lie | undefined
  /** Codes that were exchanged for tokens. */
  exchanged: number
}

export type Lie =
  | 'another-nonce'
  | 'another-audience'
  | 'another-issuer'
  | 'expired'
  | 'forged'
  | 'unsigned'
  | 'another-subject-in-userinfo'
  | 'broken'

const CLIENT = { id: 'tributary', secret: 'provider-secret' }
export const OIDC_CLIENT = CLIENT

type Grant = { person: PersonClaims; challenge: string; redirectUri: string; nonce: string | null }

export const startOpenidProvider = async (): Promise<OpenidProvider> => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const grants = new Map<string, Grant>()
  const holders = new Map<string, PersonClaims>()

  const idToken = ({ person, nonce }: Grant): string => {
    const now = Math.floor(Date.now() / 1_000)
    const claims = {
      ...person,
      iss: provider.lie === 'another-issuer' ? 'https://other.example' : provider.issuer,
      aud: provider.lie === 'another-audience' ? 'somebody-else' : CLIENT.id,
      iat: now - (provider.lie === 'expired' ? 7_200 : 0),
      exp: now + (provider.lie === 'expired' ? -3_600 : 300),
      nonce: provider.lie === 'another-nonce' ? 'another' : nonce,
    }
    const header = { alg: provider.lie === 'unsigned' ? 'none' : 'RS256', kid: 'k1', typ: 'JWT' }
    const text = `${encoded(header)}.${encoded(claims)}`
    if (provider.lie === 'unsigned') return `${text}.`
    const key = provider.lie === 'forged' ? stranger.privateKey : privateKey
    return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
  }

  const authorize = (query: URLSearchParams, response: ServerResponse) => {
    const redirectUri = query.get('redirect_uri') ?? ''
    const back = new URL(redirectUri)
    back.searchParams.set('state', query.get('state') ?? '')
    back.searchParams.set('iss', provider.issuer)
    const asked = query.get('response_type') === 'code' && query.get('client_id') === CLIENT.id
    const proven = query.get('code_challenge_method') === 'S256' && query.get('scope')?.includes('openid')
    if (!asked || !proven) back.searchParams.set('error', 'invalid_request')
    else if (!provider.person) back.searchParams.set('error', 'access_denied')
    else {
      const code = randomUUID()
      grants.set(code, {
        person: provider.person,
        challenge: query.get('code_challenge') ?? '',
        redirectUri,
        nonce: query.get('nonce'),
      })
      back.searchParams.set('code', code)
    }
    response.writeHead(302, { location: back.href }).end()
  }

  const exchange = async (request: IncomingMessage, response: ServerResponse) => {
    const form = new URLSearchParams(await textOf(request))
    const [, basic = ''] = /^Basic (.+)$/.exec(request.headers.authorization ?? '') ?? []
    const credentials = decodeURIComponent(Buffer.from(basic, 'base64').toString())
    const code = form.get('code') ?? ''
    const grant = grants.get(code)
    grants.delete(code)
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    if (
      credentials !== `${CLIENT.id}:${CLIENT.secret}` ||
      form.get('grant_type') !== 'authorization_code' ||
      grant?.redirectUri !== form.get('redirect_uri') ||
      grant.challenge !== challenge
    )
      return answer(response, 400, { error: 'invalid_grant' })
    provider.exchanged++
    const accessToken = randomUUID()
    holders.set(`Bearer ${accessToken}`, grant.person)
    answer(response, 200, {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: 300,
      id_token: idToken(grant),
    })
  }

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', provider.issuer)
    if (provider.lie === 'broken') return void response.writeHead(500).end('out of order')
    switch (pathname) {
      case '/.well-known/openid-configuration':
        return answer(response, 200, {
          issuer: provider.issuer,
          authorization_endpoint: `${provider.issuer}/authorize`,
          token_endpoint: `${provider.issuer}/token`,
          userinfo_endpoint: `${provider.issuer}/userinfo`,
          jwks_uri: `${provider.issuer}/jwks`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
          code_challenge_methods_supported: ['S256'],
          authorization_response_iss_parameter_supported: true,
        })
      case '/jwks':
        return answer(response, 200, {
          keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' }],
        })
      case '/authorize':
        return authorize(searchParams, response)
      case '/token':
        return void exchange(request, response)
      case '/userinfo': {
        const person = holders.get(request.headers.authorization ?? '')
        if (!person) return answer(response, 401, { error: 'invalid_token' })
        const sub = provider.lie === 'another-subject-in-userinfo' ? 'somebody-else' : person.sub
        return answer(response, 200, { ...provider.onlyInUserinfo, sub })
      }
      default:
        return answer(response, 404, { error: 'not_found' })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const provider: OpenidProvider = {
    issuer: `http://127.0.0.1:${port}`,
    person: { sub: 'eve-1', name: 'Eve' },
    onlyInUserinfo: {},
    lie: undefined,
    exchanged: 0,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return provider
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const textOf = async (request: IncomingMessage): Promise<string> => {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

const answer = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
