import { inertText } from './inert-text.ts'

/** Markup that is ours. Text becomes markup only through `html`, which escapes it. */
export type Html = { readonly markup: string }
type Part = string | number | Html | readonly Html[] | undefined

/** A template whose texts are escaped, in content and in quoted attributes alike; markup goes in as it is. */
export const html = (fixed: TemplateStringsArray, ...parts: readonly Part[]): Html => ({
  markup: fixed.reduce((text, own, at) => text + markupOf(parts[at - 1]) + own),
})

/** Markup that is well-formed because of who made it, such as the SVG of a chart. */
export const ownMarkup = (markup: string): Html => ({ markup })

const markupOf = (part: Part): string => {
  if (part === undefined) return ''
  if (typeof part === 'string') return escaped(inertText(part))
  if (typeof part === 'number') return String(part)
  return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('')
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '')

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
