import { expect, test } from 'vitest'
import { createLogger } from './logger.ts'

const linesOf = (write: (logger: ReturnType<typeof createLogger>) => void) => {
  const lines: string[] = []
  write(createLogger({ level: 'trace' }, { write: (line) => lines.push(line) }))
  return lines.join('')
}

const secret = 'Abc-_123'.repeat(6).slice(0, 43)

test('fields that carry secrets are redacted by name, two levels down', () => {
  const lines = linesOf((logger) => {
    logger.info(
      { token: 's3cret', req: { headers: { authorization: 'Bearer s3cret', host: 'here' } } },
      'asked',
    )
    logger.info({ body: { token: 's3cret', proof: 's3cret' }, headers: { 'tributary-submission': 's3cret' } })
  })

  expect(lines).not.toContain('s3cret')
  expect(lines).toContain('"host":"here"')
})

test('a token is cut out of a line wherever it stands, and its kind is left to see', () => {
  const tokens = [
    `tro_${'0'.repeat(24)}_${secret}`,
    `tre_${'1'.repeat(24)}_${secret}`,
    `trs_${'a'.repeat(32)}_m5x1k2_${secret}`,
  ]
  const lines = linesOf((logger) => {
    for (const token of tokens) logger.error(new Error(`no such token ${token}, sorry`), `GET /?t=${token}`)
  })

  expect(lines).not.toContain(secret)
  for (const kind of ['tro', 'tre', 'trs']) expect(lines).toContain(`no such token ${kind}_[redacted], sorry`)
})
