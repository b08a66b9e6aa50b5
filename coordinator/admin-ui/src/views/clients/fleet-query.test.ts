import { expect, test } from 'vitest'
import { fleetQueryOf, isBeginning } from './fleet-query.ts'

test('the address is asked of REST as it stands', () => {
  expect(fleetQueryOf({ status: 'revoked', online: 'false', search: 'c-3f' })).toEqual({
    status: 'revoked',
    online: 'false',
    search: 'c-3f',
  })
})

test('an id is pasted in any case, with blanks around it', () => {
  expect(fleetQueryOf({ status: '', online: '', search: '  C-3F9A ' }).search).toBe('c-3f9a')
})

test.each(['c-xyz', '0123456789abcdef0123456789abcdef0', '<script>'])(
  '%s begins no id, and is not asked for',
  (search) => {
    expect(isBeginning(search)).toBe(false)
    expect(fleetQueryOf({ status: 'gone', online: 'maybe', search })).toEqual({
      status: undefined,
      online: undefined,
      search: undefined,
    })
  },
)
