/** The page without a network: its own files, as they were when this worker was installed. `FILES` and `NAME` stand before it, put there by `buildPage`. */
/* global FILES, NAME */

self.addEventListener('install', (event) => {
  self.skipWaiting()
  event.waitUntil(caches.open(NAME).then((kept) => kept.addAll(FILES)))
})

self.addEventListener('activate', (event) => {
  const outdated = async () => {
    const names = await caches.keys()
    await Promise.all(names.filter((name) => name !== NAME).map((name) => caches.delete(name)))
    await self.clients.claim()
  }
  event.waitUntil(outdated())
})

/** The app's own server first, so that its story is the newest; the coordinator's answers are none of its business. */
self.addEventListener('fetch', (event) => {
  const { method, url } = event.request
  const { origin, pathname } = new URL(url)
  if (method !== 'GET' || origin !== self.location.origin || !FILES.includes(pathname)) return
  const answer = async () => {
    const kept = await caches.open(NAME)
    try {
      const fresh = await fetch(event.request)
      if (fresh.ok) await kept.put(pathname, fresh.clone())
      return fresh
    } catch {
      return (await kept.match(pathname)) ?? Response.error()
    }
  }
  event.respondWith(answer())
})
