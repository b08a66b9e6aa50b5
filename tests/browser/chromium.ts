import { type Browser, chromium } from 'playwright-core'
import { ensureChromium } from '../../scripts/ensure-chromium.ts'

/** A Chromium that shows no window and calls nobody, with these of its features switched on. Throws, saying what to do, where none can be had. */
export const launchChromium = (features: readonly string[] = []): Promise<Browser> =>
  chromium.launch({
    executablePath: ensureChromium(),
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-gpu',
      '--disable-quic',
      '--disable-sync',
      '--no-first-run',
      ...(features.length > 0 ? [`--enable-blink-features=${features.join(',')}`] : []),
    ],
  })
