/** What a browser keeps of cookies and sends, followed redirect by redirect: enough of one for signing in. */

export type Jar = {
  cookies: ReadonlyMap<string, string>
  /** Asks and keeps the cookies of the answer; goes nowhere else. */
  ask(url: string, init?: RequestInit): Promise<Response>
  /** As somebody who follows a link does, with every redirect; answers the last, and where all of them led. */
  visit(url: string): Promise<{ response: Response; path: string[] }>
}

/** Of one host: `fetch` sends other hosts none. */
export const openJar = (origin: string): Jar => {
  const cookies = new Map<string, string>()
  const ask: Jar['ask'] = async (url, init = {}) => {
    const headers = new Headers(init.headers)
    const own = new URL(url).origin === origin
    if (own && cookies.size > 0)
      headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    if (own)
      for (const line of response.headers.getSetCookie()) {
        const [name = '', value = ''] = line.split(';', 1)[0]?.split('=') ?? []
        if (value === '' || /max-age=0|1970/i.test(line)) cookies.delete(name)
        else cookies.set(name, value)
      }
    return response
  }
  return {
    cookies,
    ask,
    async visit(url) {
      const path: string[] = []
      for (let next = url; ; ) {
        path.push(next)
        const response = await ask(next, { headers: { accept: 'text/html' } })
        const location = response.headers.get('location')
        if (location === null || path.length > 10) return { response, path }
        next = new URL(location, next).href
      }
    },
  }
}
