/** What is enough of a long id to tell it from its neighbours: `c-3f9a12bc…`, `sha256:9d41aa07…`; short ones stay whole. */
export const shortId = (id: string): string => {
  const [, head = '', hex = ''] = /^(.*[-:_])?([0-9a-f]{24,})$/.exec(id) ?? []
  return hex ? `${head}${hex.slice(0, 8)}…` : id
}
