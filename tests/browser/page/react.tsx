/** Puts the app in React on the page, strict or taking over what a server has rendered. */
import { createClient } from '@tributary/client-sdk'
import { StrictMode } from 'react'
import { createRoot, hydrateRoot, type Root } from 'react-dom/client'
import { rowsOf } from '../../fleet/line-clients.ts'
import { lineTrainer } from '../../fleet/line-trainer.ts'
import { App, type AppProps } from './react-app.tsx'

export type ReactPageOptions = Pick<AppProps, 'words'> & {
  coordinator: string
  token: string
  /** What a server has rendered. */
  html?: string
}

const openReact = ({ coordinator, token, html, words = {} }: ReactPageOptions) => {
  const client = createClient({ coordinator, task: 'line', trainer: lineTrainer(rowsOf(1)) })
  let listening = 0
  const on = client.on.bind(client)
  const counted: typeof client.on = (name, listener) => {
    const end = on(name, listener)
    listening += 1
    return () => {
      listening -= 1
      end()
    }
  }
  Object.assign(client, { on: counted })

  const mismatches: string[] = []
  const onGranted = async () => {
    await client.enrol(token)
    await client.join()
  }
  const app = (
    <StrictMode>
      <App client={client} words={words} onGranted={onGranted} />
    </StrictMode>
  )
  const place = document.body.appendChild(document.createElement('div'))
  const mount = (): Root => {
    const root = createRoot(place)
    root.render(app)
    return root
  }
  const takeOver = (rendered: string): Root => {
    place.innerHTML = rendered
    return hydrateRoot(place, app, { onRecoverableError: (error) => mismatches.push(String(error)) })
  }
  let root = html === undefined ? mount() : takeOver(html)
  return {
    mismatches,
    listening: () => listening,
    state: () => client.state.is,
    unmount: () => root.unmount(),
    mountAgain: () => {
      root = mount()
    },
  }
}

export type InReactPage = typeof globalThis & {
  openReact: typeof openReact
  react: ReturnType<typeof openReact>
}

Object.assign(globalThis, { openReact })
