/**
 * Reads markup as XML does: every element is closed in its order, every attribute is quoted and is there once, and no text has
 * a bare bracket. Gives the elements' names and the ids, in their order.
 * @throws Error that says where it is not so.
 */
export const wellFormed = (
  page: string,
): { readonly elements: readonly string[]; readonly ids: readonly string[] } => {
  const elements: string[] = []
  const ids: string[] = []
  const open: string[] = []
  const token =
    /<!doctype html>|<style>[^<]*<\/style>|<\/([a-z][\w:-]*)>|<([a-z][\w:-]*)((?:\s+[a-z][\w:-]*="[^"<]*")*)\s*(\/?)>|[^<>]+|>/giy
  while (token.lastIndex < page.length) {
    const at = token.lastIndex
    const found = token.exec(page)
    if (!found || found[0] === '>') throw new Error(`no markup: ${JSON.stringify(page.slice(at, at + 80))}`)
    const [text, closed, opened, attributes = '', closesItself] = found
    if (closed !== undefined) {
      const last = open.pop()
      if (last !== closed) throw new Error(`<${last}> is closed as <${closed}>`)
    } else if (opened !== undefined) {
      elements.push(opened)
      if (closesItself === '') open.push(opened)
      const names = [...attributes.matchAll(/\s([\w:-]+)="([^"]*)"/g)]
      if (new Set(names.map(([, name]) => name)).size < names.length)
        throw new Error(`an attribute twice: ${text}`)
      ids.push(...names.flatMap(([, name, value = '']) => (name === 'id' ? [value] : [])))
    } else if (/&(?!(?:amp|lt|gt|quot|#39|#160);)/.test(text)) throw new Error(`a bare ampersand: ${text}`)
  }
  if (open.length > 0) throw new Error(`never closed: ${open.join(', ')}`)
  return { elements, ids }
}
