import { DatabaseError } from 'pg'
import { expect, test } from 'vitest'
import { mayTryAgain, storageErrorOf } from './postgres-errors.ts'

const said = (code: string, severity = 'ERROR') =>
  Object.assign(new DatabaseError('the server said no', 0, 'error'), { code, severity })
const system = (code: string) => Object.assign(new Error(`connect ${code} 10.0.0.1:5432`), { code })

test('a full disk is named, and is not tried again', () => {
  const failure = storageErrorOf(said('53100'), 'saving')
  expect(failure).toMatchObject({ name: 'StorageError', full: true, uncertain: false })
  expect(failure.message).toBe(
    'saving: the server said no (SQLSTATE 53100); free some space, nothing that was acknowledged is lost',
  )
  expect(mayTryAgain(said('53100'))).toBe(false)
})

test.each([
  [said('53300', 'FATAL'), /raise max_connections/, false],
  [said('57P01', 'FATAL'), /being shut down/, true],
  [said('57P03', 'FATAL'), /starting or stopping/, false],
  [said('40001'), /SQLSTATE 40001/, true],
  [said('40P01'), /SQLSTATE 40P01/, true],
  [said('25006'), /address of the primary/, false],
  [system('ECONNREFUSED'), /cannot be reached/, false],
  [system('ECONNRESET'), /cannot be reached/, true],
  [new Error('Connection terminated unexpectedly'), /cannot be reached/, true],
  [new Error('timeout exceeded when trying to connect'), /every connection was busy/, false],
  [new AggregateError([system('ECONNREFUSED')], ''), /cannot be reached.*ECONNREFUSED/, false],
])('%s is a fault that says what to do, and is tried again where that may help', (cause, what, again) => {
  const reason = cause instanceof AggregateError ? Object.assign(cause, { code: 'ECONNREFUSED' }) : cause
  expect(storageErrorOf(reason, 'saving')).toMatchObject({ name: 'StorageError', full: false, cause: reason })
  expect(storageErrorOf(reason, 'saving').message).toMatch(what)
  expect(mayTryAgain(reason)).toBe(again)
})

test('a mistake of the program stays one', () => {
  const mistake = new TypeError('undefined is not a function')
  expect(storageErrorOf(mistake, 'saving')).toBe(mistake)
  expect(mayTryAgain(mistake)).toBe(false)
})
