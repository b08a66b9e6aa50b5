import { expect, test } from 'vitest'
import { nextTheme, themeOf } from './theme.ts'

test('what was kept and is no theme counts as none', () => {
  expect(['light', 'dark', 'system', 'blue', null].map(themeOf)).toEqual([
    'light',
    'dark',
    'system',
    'system',
    'system',
  ])
})

test('the switch goes round all three themes', () => {
  expect(nextTheme(nextTheme(nextTheme('system')))).toBe('system')
  expect(new Set(['system', nextTheme('system'), nextTheme('light')])).toEqual(
    new Set(['system', 'light', 'dark']),
  )
})
