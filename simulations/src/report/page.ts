import { type Html, html, ownMarkup } from './html.ts'
import { PAGE_STYLE } from './page-style.ts'

/**
 * A whole HTML page that stands alone. Its policy lets nothing run and nothing be fetched, whatever should find its way in.
 */
export const pageText = ({ title, body }: { readonly title: string; readonly body: Html }): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'" />
<meta name="color-scheme" content="light dark" />
<title>${title}</title>
<style>${ownMarkup(PAGE_STYLE)}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`.markup

export const section = (title: string, content: Html | readonly Html[]): Html =>
  html`<section><h2>${title}</h2>
${content}
</section>`

/** Terms and what they are, such as headline numbers. */
export const definitions = (
  kind: 'facts' | 'headline' | 'digests',
  entries: readonly (readonly [term: string, value: string | Html, note?: string])[],
): Html =>
  html`<dl class="${kind}">${entries.map(
    ([term, value, note]) =>
      html`<div><dt>${term}</dt><dd>${value}${note === undefined ? undefined : html` <small>${note}</small>`}</dd></div>`,
  )}</dl>`
