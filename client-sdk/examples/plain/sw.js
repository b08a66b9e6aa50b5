/** Keeps the page and the SDK, so that the page opens and predicts without a network. Give `KEPT` another name with every release. */
const KEPT = 'awake-or-tired-1'

addEventListener('install', (event) => event.waitUntil(keep()))
addEventListener('activate', (event) => event.waitUntil(takeOver()))
addEventListener('fetch', (event) => {
  const { method, url } = event.request
  // What goes to the coordinator is the SDK's business, and is never kept here.
  if (method === 'GET' && new URL(url).origin === location.origin) event.respondWith(answer(event.request))
})

const keep = async () => {
  const files = await (await fetch('./sdk/files.json', { cache: 'no-cache' })).json()
  const cache = await caches.open(KEPT)
  await cache.addAll(['./', ...files.map((file) => `./sdk/${file}`)])
}

const takeOver = async () => {
  for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name)
  await clients.claim()
}

const answer = async (request) => {
  const cache = await caches.open(KEPT)
  // Servers say that answers vary by origin; those that are kept are for this one.
  return (await cache.match(request, { ignoreSearch: true, ignoreVary: true })) ?? fetch(request)
}
