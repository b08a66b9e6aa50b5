import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DIGITS, HOSPITALS, writeRun } from './results.builders.ts'
import { writeComparison, writeReport } from './write-report.ts'

const browserAt = [chromium.executablePath(), '/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)

describe.skipIf(browserAt === undefined)('a report in a browser', () => {
  let browser: Browser
  let parent: string
  const pages: string[] = []

  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'tributary-report-'))
    const digits = await writeRun(join(parent, 'digits'), { ...DIGITS, rounds: 10 })
    const hospitals = await writeRun(join(parent, 'hospitals'), HOSPITALS)
    const comparison = await writeComparison([digits, hospitals], join(parent, 'comparison.html'))
    pages.push(await writeReport(digits), await writeReport(hospitals), comparison)
    browser = await chromium.launch({
      executablePath: browserAt ?? '',
      args: ['--no-sandbox', '--disable-background-networking'],
    })
  })
  afterAll(async () => {
    await browser?.close()
    await rm(parent, { recursive: true, force: true })
  })

  it.each([360, 1_200])(
    '%d pixels wide fits the screen, complains of nothing and asks for nothing',
    async (width) => {
      const page = await browser.newPage({ viewport: { width, height: 800 } })
      const heard: string[] = []
      page.on('console', (message) => heard.push(message.text()))
      page.on('pageerror', (error) => heard.push(error.message))
      page.on('request', (request) => heard.push(request.url()))
      const asked = pages.map((file) => pathToFileURL(file).href)
      for (const url of asked) {
        await page.goto(url)
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
      }
      expect(heard).toEqual(asked)
      await page.close()
    },
  )

  it('in the dark draws its lines in colours for the dark', async () => {
    const inkOf = async (colorScheme: 'light' | 'dark') => {
      const page = await browser.newPage({ colorScheme })
      await page.goto(pathToFileURL(pages[0] ?? '').href)
      const ink = await page.evaluate(() => {
        const colourOf = (place: string, kind: 'fill' | 'stroke' | 'backgroundColor') => {
          const element = document.querySelector(place)
          return element ? getComputedStyle(element)[kind] : 'none'
        }
        return [
          colourOf('body', 'backgroundColor'),
          colourOf('#accuracy .mark-line path', 'stroke'),
          colourOf('#accuracy .role-axis-label text', 'fill'),
        ]
      })
      await page.close()
      return ink
    }
    expect(await inkOf('light')).toEqual(['rgb(246, 247, 249)', 'rgb(0, 114, 178)', 'rgb(68, 68, 68)'])
    expect(await inkOf('dark')).toEqual(['rgb(15, 18, 22)', 'rgb(77, 169, 224)', 'rgb(201, 206, 214)'])
  })
})
