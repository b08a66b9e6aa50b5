/** All that an app needs to take part with a trainer of its own. */
import { createBrowserClient } from '@tributary/client-sdk/browser'

Object.assign(globalThis, { createBrowserClient })
