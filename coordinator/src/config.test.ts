import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { ConfigError, loadConfig } from './config.ts'

const mistakesOf = (env: Record<string, string>, args: string[] = []) => {
  try {
    loadConfig(env, args)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes.map(({ path }) => path)
    throw error
  }
}

test('with nothing set the coordinator listens to this machine alone, and no web origin may call', () => {
  expect(loadConfig({}, [])).toEqual({
    folder: './tributary-data',
    database: { kind: 'sqlite' },
    blobs: { kind: 'files' },
    keyFile: 'tributary-data/coordinator.key',
    host: '127.0.0.1',
    port: 4570,
    cors: { kind: 'off' },
    logLevel: 'info',
    publicUrl: undefined,
    trustProxy: false,
    metrics: 'public',
    webhooksPrivate: 'refuse',
    console: 'on',
    limits: { perMinute: 6_000, guessesPerMinute: 10 },
    traces: { kind: 'off' },
  })
})

test('everything can be set by variables', () => {
  const env = {
    TRIBUTARY_DATA: '/srv/tributary',
    TRIBUTARY_DATABASE: 'sqlite',
    TRIBUTARY_BLOBS: 's3://fleet/blobs/',
    TRIBUTARY_S3_ENDPOINT: 'http://minio:9000',
    TRIBUTARY_S3_REGION: 'eu-1',
    TRIBUTARY_KEY_FILE: '/run/secrets/key',
    TRIBUTARY_HOST: '0.0.0.0',
    TRIBUTARY_PORT: '0',
    TRIBUTARY_CORS_ORIGINS: 'https://app.example, http://localhost:5173',
    TRIBUTARY_LOG_LEVEL: 'debug',
    TRIBUTARY_PUBLIC_URL: 'https://fl.example/',
    TRIBUTARY_TRUST_PROXY: 'loopback,10.0.0.0/8',
    TRIBUTARY_METRICS: 'viewer',
    TRIBUTARY_WEBHOOKS_PRIVATE: 'allow',
    TRIBUTARY_CONSOLE: 'off',
    TRIBUTARY_RATE_LIMIT: 'off',
    TRIBUTARY_SIGN_IN_LIMIT: '3',
    TRIBUTARY_TRACES_RATIO: '0.25',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
    PATH: '/usr/bin',
  }

  expect(loadConfig(env, [])).toEqual({
    folder: '/srv/tributary',
    database: { kind: 'sqlite' },
    blobs: { kind: 's3', bucket: 'fleet', prefix: 'blobs', endpoint: 'http://minio:9000', region: 'eu-1' },
    keyFile: '/run/secrets/key',
    host: '0.0.0.0',
    port: 0,
    cors: { kind: 'origins', origins: ['https://app.example', 'http://localhost:5173'] },
    logLevel: 'debug',
    publicUrl: 'https://fl.example',
    trustProxy: ['loopback', '10.0.0.0/8'],
    metrics: 'viewer',
    webhooksPrivate: 'allow',
    console: 'off',
    limits: { perMinute: 'off', guessesPerMinute: 3 },
    traces: { kind: 'otlp', ratio: 0.25 },
  })
})

test('a flag wins over its variable, and an empty variable counts as not set', () => {
  const env = { TRIBUTARY_PORT: '80', TRIBUTARY_HOST: '' }

  expect(loadConfig(env, ['--port', '81', '--cors-origins=*'])).toMatchObject({
    host: '127.0.0.1',
    port: 81,
    cors: { kind: 'any' },
  })
})

test('every mistake is named by the flag or variable it is in', () => {
  const env = {
    TRIBUTARY_PORT: '70000',
    TRIBUTARY_CORS_ORIGINS: 'https://app.example/path,*',
    TRIBUTARY_LOG_LEVEL: 'loud',
    TRIBUTARY_PUBLIC_URL: 'fl.example',
    TRIBUTARY_TRUST_PROXY: '10.0.0.0/33',
  }

  expect(mistakesOf(env, ['--metrics', 'none', '--colour', 'blue', '--host'])).toEqual([
    '--colour',
    // What stands there is not repeated: it may be a password.
    'argument 4',
    '--host',
    'TRIBUTARY_PORT',
    'TRIBUTARY_CORS_ORIGINS',
    'TRIBUTARY_CORS_ORIGINS',
    'TRIBUTARY_LOG_LEVEL',
    'TRIBUTARY_PUBLIC_URL',
    'TRIBUTARY_TRUST_PROXY',
    '--metrics',
  ])
})

test('the error says all of it in lines', () => {
  expect(() => loadConfig({ TRIBUTARY_PORT: 'http' }, [])).toThrow(
    'TRIBUTARY_PORT must be a port, 0 to 65535; 0 takes any free one',
  )
})

describe('the address of a database', () => {
  const ADDRESS = 'postgres://tributary:hunter2@db.example:5433/fl?sslmode=require'

  test('is a secret: shown without its password, and not at all in JSON, a log or an error', () => {
    const { database } = loadConfig({ TRIBUTARY_DATABASE: ADDRESS }, [])

    if (database.kind !== 'postgres') throw new Error('it is not PostgreSQL')
    expect(database.url.reveal()).toBe(ADDRESS)
    expect(database.shown).toBe('postgres://tributary@db.example:5433/fl')
    for (const text of [JSON.stringify(database), inspect(database, { depth: 9 })])
      expect(text).not.toContain('hunter2')
    expect(() => loadConfig({ TRIBUTARY_DATABASE: 'mysql://a:hunter2@b/c' }, [])).toThrow(
      /^TRIBUTARY_DATABASE must be sqlite, or the address of a PostgreSQL database: postgres:\/\/user:password@host\/name; in user and password, .* are written %2F/,
    )
  })

  test('can come in a file, as secrets do in containers', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tributary-config-'))
    try {
      const path = join(folder, 'database')
      await writeFile(path, `${ADDRESS}\n`)
      const { database } = loadConfig({ TRIBUTARY_DATABASE_FILE: path }, [])

      expect(database.kind === 'postgres' && database.url.reveal()).toBe(ADDRESS)
      expect(mistakesOf({ TRIBUTARY_DATABASE_FILE: path, TRIBUTARY_DATABASE: ADDRESS })).toEqual([
        'TRIBUTARY_DATABASE_FILE',
      ])
      expect(mistakesOf({ TRIBUTARY_DATABASE_FILE: join(folder, 'none') })).toEqual([
        'TRIBUTARY_DATABASE_FILE',
      ])
      expect(mistakesOf({ TRIBUTARY_PORT_FILE: path })).toEqual([])
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('an identity provider', () => {
  const GIVEN = ['--oidc-issuer', 'https://id.example/realms/fl', '--oidc-client-id', 'tributary']
  const SECRET = { TRIBUTARY_OIDC_CLIENT_SECRET: 'hunter2' }

  test('is told by its issuer, with what is usual for the rest', () => {
    const { oidc } = loadConfig(SECRET, [...GIVEN, '--oidc-admins', 'fl-admins, ada'])
    expect(oidc).toEqual({
      issuer: 'https://id.example/realms/fl',
      clientId: 'tributary',
      clientSecret: { reveal: expect.any(Function) },
      scopes: 'openid profile email',
      name: 'id.example',
      roleClaims: ['roles', 'groups'],
      roles: { admin: ['fl-admins', 'ada'], operator: [], viewer: [] },
    })
    expect(oidc?.clientSecret?.reveal()).toBe('hunter2')
    expect(inspect(oidc, { depth: 9 }) + JSON.stringify(oidc)).not.toContain('hunter2')
  })

  test('keeps its secret in a file, as containers do', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tributary-config-'))
    try {
      await writeFile(join(folder, 'secret'), 'hunter2\n')
      const env = { TRIBUTARY_OIDC_CLIENT_SECRET_FILE: join(folder, 'secret') }
      const { oidc } = loadConfig(env, [...GIVEN, '--oidc-viewers', 'staff'])
      expect(oidc?.clientSecret?.reveal()).toBe('hunter2')
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test.each<[string, string[], string[]]>([
    ['no client', GIVEN.slice(0, 2), ['--oidc-client-id', '--oidc-admins']],
    ['nobody who has a role', GIVEN, ['--oidc-admins']],
    ['no issuer', ['--oidc-client-id', 'x', '--oidc-admins', 'y'], ['--oidc-client-id', '--oidc-issuer']],
    ['no address to come back to', [...GIVEN, '--oidc-admins', 'y', '--host', '0.0.0.0'], ['--public-url']],
    [
      'plain http',
      ['--oidc-issuer', 'http://id.example', ...GIVEN.slice(2), '--oidc-admins', 'y'],
      ['--oidc-issuer'],
    ],
    ['no openid', [...GIVEN, '--oidc-admins', 'y', '--oidc-scopes', 'profile'], ['--oidc-scopes']],
    ['no claim', [...GIVEN, '--oidc-admins', 'y', '--oidc-role-claim', ','], ['--oidc-role-claim']],
  ])('with %s is a mistake', (_, args, mistakes) => {
    expect(mistakesOf({}, args)).toEqual(mistakes)
  })

  test('on this machine may be plain http, for trying it out', () => {
    const args = ['--oidc-issuer', 'http://127.0.0.1:8080', '--oidc-client-id', 'x', '--oidc-viewers', 'y']
    expect(loadConfig({}, args).oidc?.clientSecret).toBeUndefined()
  })
})

test.each([
  ['--rate-limit', ['0', '-1', 'none', '1.5', '99999999']],
  ['--sign-in-limit', ['0', 'off']],
  ['--console', ['yes', '']],
])('%s is refused where it is none', (flag, values) => {
  for (const value of values) expect(mistakesOf({}, [`${flag}=${value}`])).toEqual([flag])
})

test('traces are sent where the standard variables name a collector, unless it is said not to, and at the ratio asked for', () => {
  const named = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }
  expect(loadConfig(named, []).traces).toEqual({ kind: 'otlp', ratio: 1 })
  expect(loadConfig(named, ['--traces', 'off']).traces).toEqual({ kind: 'off' })
  expect(loadConfig({}, ['--traces', 'otlp', '--traces-ratio', '.05']).traces).toEqual({
    kind: 'otlp',
    ratio: 0.05,
  })
  for (const ratio of ['2', '-1', '1e-3', '50%', '1.5'])
    expect(mistakesOf({ TRIBUTARY_TRACES_RATIO: ratio }, [])).toEqual(['TRIBUTARY_TRACES_RATIO'])
})
