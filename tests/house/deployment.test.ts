import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { Compose, composeMistakes, dockerfileMistakes } from './compose-mistakes.ts'
import { REPOSITORY } from './lint-planted.ts'

/** Settings that are agreed on and come with the stores they choose. */
const AGREED = ['database', 'blobs', 's3-endpoint', 's3-region', 'key-file']

const read = (path: string) => readFile(join(REPOSITORY, path), 'utf8')
const Pinned = z.object({ devDependencies: z.object({ node: z.string() }) })

let compose: Compose
let dockerfile: string
let settings: Set<string>
let node: string

beforeAll(async () => {
  compose = Compose.parse(parse(await read('docker-compose.yml')))
  dockerfile = await read('Dockerfile')
  node = Pinned.parse(JSON.parse(await read('package.json'))).devDependencies.node
  const args = ['--conditions=source', join(REPOSITORY, 'coordinator/src/main.ts'), '--help']
  const { stdout } = await promisify(execFile)(process.execPath, args)
  const flags = [...stdout.matchAll(/^ {2}--([a-z0-9-]+)/gm)].map(([, flag = '']) => flag)
  settings = new Set(
    [...flags, ...AGREED].map((flag) => `TRIBUTARY_${flag.toUpperCase().replaceAll('-', '_')}`),
  )
})

const mistakes = (
  change: (services: Record<string, NonNullable<Compose['services'][string]>>) => void = () => {},
) => {
  const changed = structuredClone(compose)
  change(changed.services)
  return composeMistakes(changed, { dockerfile, settings })
}

describe('docker-compose.yml', () => {
  it('demands every secret, pins every image, checks every service, and names real settings', () => {
    expect(Object.keys(compose.services)).toEqual(['coordinator', 'database', 'objects'])
    expect(mistakes()).toEqual([])
  })

  it.each([
    ['POSTGRES_PASSWORD', 'letmein', 'has a default'],
    ['POSTGRES_PASSWORD', `\${POSTGRES_PASSWORD}`, 'has a default'],
    ['POSTGRES_PASSWORD', `\${POSTGRES_PASSWORD:-letmein}`, 'has a default'],
    ['AWS_SECRET_ACCESS_KEY', `\${S3_SECRET_ACCESS_KEY-}`, 'has a default'],
    ['TRIBUTARY_DATABASE', `postgres://a:\${POSTGRES_PASSWORD:-b}@c/d`, 'takes POSTGRES_PASSWORD'],
    ['TRIBUTARY_DATABASE', 'postgres://a:letmein@c/d', 'holds a password'],
    ['TRIBUTARY_DATABSE', 'x', 'is no setting'],
  ])('with %s: %s would be refused', (variable, value, why) => {
    const found = mistakes(({ database }) => {
      if (database) database.environment[variable] = value
    })
    expect(found.join()).toContain(why)
  })

  it.each(['postgres', 'postgres:latest', 'postgres:18', 'garage:stable'])(
    'with the image %s would be refused',
    (image) => {
      const found = mistakes(({ database }) => {
        if (database) database.image = image
      })
      expect(found).toEqual([`database: ${image} is no version`])
    },
  )

  it('without a health check or with a port for everybody would be refused', () => {
    const found = mistakes(({ database }) => {
      delete database?.healthcheck
      database?.ports.push('5432:5432')
    })
    expect(found).toEqual(['database has no health check', 'database: 5432:5432 is open to every network'])
  })
})

describe('the Dockerfile', () => {
  it('builds on the Node that the project pins, and runs as an ordinary user', () => {
    expect(dockerfileMistakes(dockerfile, { node })).toEqual([])
  })

  it('would be refused on another Node, or as root', () => {
    expect(dockerfileMistakes(dockerfile, { node: '24.0.0' })).not.toEqual([])
    expect(dockerfileMistakes(dockerfile.replace('USER node', 'USER root'), { node })).toEqual([
      'it runs as root',
    ])
    expect(dockerfileMistakes(dockerfile.replace('USER node\n', ''), { node })).toEqual(['it runs as root'])
  })
})
