import { describe, expect, it } from 'vitest'
import { html } from './html.ts'
import { shownName } from './inert-text.ts'
import { wellFormed } from './well-formed.builders.ts'

describe('markup', () => {
  it('takes text as text, in content and in attributes, and markup as markup', () => {
    const inner = html`<b title="${'"<\'>&'}">${'<i>'}</b>`
    expect(html`<p>${inner}${undefined}${[inner, inner]}${3}</p>`.markup).toBe(
      `<p>${'<b title="&quot;&lt;&#39;&gt;&amp;">&lt;i&gt;</b>'.repeat(3)}3</p>`,
    )
  })

  it('shows in place of what cannot be shown that something was there', () => {
    expect(html`${'a\u0000b\u202Ec\uD800d\ne'}`.markup).toBe('a\uFFFDb\uFFFDc\uFFFDd\ne')
  })
})

it('a name is shown on one line, and cut by characters', () => {
  expect(shownName(' a\n  b ')).toBe('a b')
  expect(shownName('😀😀😀😀', 3)).toBe('😀😀…')
})

describe('what reads pages in these tests', () => {
  it.each([
    ['an element that is not closed', '<p><b></p>'],
    ['an end without a beginning', '</p>'],
    ['a page that ends too early', '<p>'],
    ['an attribute without quotes', '<p id=a></p>'],
    ['an attribute twice', '<p id="a" id="b"></p>'],
    ['a bare bracket', '<p>1 < 2</p>'],
    ['a bare ampersand', '<p>a & b</p>'],
  ])('refuses %s', (_, page) => {
    expect(() => wellFormed(page)).toThrow()
  })

  it('takes what is well-formed', () => {
    expect(wellFormed('<!doctype html>\n<p id="a">1 &lt; 2<br /></p>')).toEqual({
      elements: ['p', 'br'],
      ids: ['a'],
    })
  })
})
