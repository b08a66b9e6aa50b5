import { virtualClock } from '@tributary/protocols/runtime'
import { digestOf } from '@tributary/protocols/tensors'
import { describe, expect, test, vi } from 'vitest'
import { memoryRecordStore } from '../adapters/memory-record-store.ts'
import type { Shut } from '../attendance/gate.ts'
import type { RecordStore } from '../ports/record-store.ts'
import { type ConsentOptions, createConsent } from './consent.ts'

const clock = virtualClock(1_700_000_000_000)
const consentIn = (records: RecordStore, options: ConsentOptions = {}) =>
  createConsent({ records, clock, ...options })
const bytes = (text: string) => new TextEncoder().encode(text)

describe('consent', () => {
  test('is unasked at first, and nothing goes on without it', async () => {
    const consent = consentIn(memoryRecordStore())
    await expect(consent.require()).rejects.toMatchObject({
      code: 'no-consent',
      remedy: expect.stringContaining('consent.grant()'),
    })
    expect(consent.state).toBe('unasked')
  })

  test('granted is kept, with when and to which words', async () => {
    const records = memoryRecordStore()
    await consentIn(records).grant({ wording: 'Help the keyboard learn' })
    const later = consentIn(records)
    await later.require()
    expect([later.state, later.record]).toEqual([
      'granted',
      {
        state: 'granted',
        at: 1_700_000_000_000,
        wording: { digest: digestOf(bytes('Help the keyboard learn')), text: 'Help the keyboard learn' },
      },
    ])
  })

  test('of a text that is longer than 4 kB the digest is kept alone', async () => {
    const consent = consentIn(memoryRecordStore())
    const long = 'é'.repeat(2_049)
    await consent.grant({ wording: long })
    expect(consent.record?.wording).toEqual({ digest: digestOf(bytes(long)) })
  })

  test('to other words than these counts as unasked, until these are agreed to', async () => {
    const records = memoryRecordStore()
    await consentIn(records).grant({ wording: 'old words' })
    const consent = consentIn(records, { wording: 'new words' })
    await expect(consent.require()).rejects.toMatchObject({ code: 'no-consent' })
    expect(consent.state).toBe('unasked')
    await consent.grant({ wording: 'old words' })
    expect(consent.state).toBe('unasked')
    await consent.grant()
    await consent.require()
    const same = consentIn(records, { wording: 'new words' })
    await same.require()
  })

  test('declined is kept, shuts the gate at once, and can be given again', async () => {
    const records = memoryRecordStore()
    const consent = consentIn(records)
    await consent.grant()
    const said: (Shut | undefined)[] = []
    const stop = consent.gate.watch((shut) => said.push(shut))
    const declining = consent.decline()
    expect(said).toEqual([undefined, { by: 'consent', detail: expect.stringContaining('does not want') }])
    await declining
    expect(await consentIn(records).whenRead()).toBe('declined')
    await consent.grant()
    expect(said.at(-1)).toBeUndefined()
    stop()
    await consent.decline()
    expect(said).toHaveLength(3)
  })

  test('from elsewhere needs no record, and does not overrule what was declined or withdrawn here', async () => {
    const records = memoryRecordStore()
    const given = consentIn(records, { consent: 'granted' })
    await given.require()
    await given.decline()
    await expect(consentIn(records, { consent: 'granted' }).require()).rejects.toMatchObject({
      code: 'no-consent',
    })
    given.withdraw()
    await given.keepWithdrawn()
    const later = consentIn(records, { consent: 'granted' })
    await expect(later.require()).rejects.toMatchObject({ code: 'no-consent' })
    expect(later.state).toBe('withdrawn')
  })

  test.each([
    ['no JSON', bytes('{')],
    ['another shape', bytes('{"state":"granted"}')],
    ['a state that there is not', bytes('{"state":"sure","at":1}')],
    ['a time that is none', bytes('{"state":"granted","at":"yesterday"}')],
    ['more than it has', bytes('{"state":"granted","at":1,"by":"nobody"}')],
    ['noise', new Uint8Array([0xff, 0xfe, 0x00])],
  ])('that cannot be read is unasked: %s', async (_, kept) => {
    const records = memoryRecordStore()
    await records.save('consent', kept)
    expect(await consentIn(records).whenRead()).toBe('unasked')
  })

  test('that cannot be kept is not granted; what was declined holds all the same', async () => {
    const records = memoryRecordStore()
    const consent = consentIn({ ...records, save: () => Promise.reject(new Error('full')) })
    await expect(consent.grant()).rejects.toThrow('full')
    expect(consent.state).toBe('unasked')
    await expect(consent.decline()).rejects.toThrow('full')
    expect(consent.state).toBe('declined')
  })

  test.each(['decline', 'withdraw'] as const)(
    'that was still being kept when the person said %s is not granted after all, here and at the next start',
    async (say) => {
      const records = memoryRecordStore()
      let keep = () => {}
      const keeping = new Promise<void>((resolve) => {
        keep = resolve
      })
      const save = vi.fn(records.save).mockImplementationOnce(async (...kept) => {
        await keeping
        return records.save(...kept)
      })
      const consent = consentIn({ ...records, save })
      const granting = consent.grant()
      const last = say === 'decline' ? consent.decline() : undefined
      if (say === 'withdraw') consent.withdraw()
      keep()
      await Promise.all([granting, last ?? consent.keepWithdrawn()])
      const state = say === 'decline' ? 'declined' : 'withdrawn'
      expect([consent.state, await consentIn(records).whenRead()]).toEqual([state, state])
    },
  )

  test('of which there is a record that cannot be read is asked for anew, though an app has it from elsewhere', async () => {
    const records = memoryRecordStore()
    await records.save('consent', bytes('{"state":"withdrawn","at":1,"because":"a newer release says so"}'))
    const consent = consentIn(records, { consent: 'granted' })
    await expect(consent.require()).rejects.toMatchObject({ code: 'no-consent' })
    await consent.grant()
    await consent.require()
  })

  test('is read again where the store failed', async () => {
    const records = memoryRecordStore()
    await consentIn(records).grant()
    const load = vi.fn(records.load).mockRejectedValueOnce(new Error('locked'))
    const consent = consentIn({ ...records, load })
    await expect(consent.require()).rejects.toThrow('locked')
    await consent.require()
  })

  test('that is given while it is read is what counts', async () => {
    const records = memoryRecordStore()
    await consentIn(records).decline()
    let answer = () => {}
    const slow: RecordStore = {
      ...records,
      load: async (name) => {
        const kept = await records.load(name)
        await new Promise<void>((resolve) => {
          answer = resolve
        })
        return kept
      },
    }
    const consent = consentIn(slow)
    const reading = consent.whenRead()
    await consent.grant()
    answer()
    expect(await reading).toBe('granted')
  })

  test('is heard of by whoever listens, at every change and once', async () => {
    const consent = consentIn(memoryRecordStore())
    const heard: string[] = []
    const stop = consent.on((state) => heard.push(state))
    await consent.grant()
    await consent.grant({ wording: 'again' })
    await consent.decline()
    stop()
    await consent.grant()
    expect(heard).toEqual(['granted', 'declined'])
  })
})

describe('consent of several instances that share records', () => {
  const two = () => {
    const records = memoryRecordStore()
    const news = { kept: vi.fn(), withdrawnElsewhere: vi.fn() }
    const [here, there] = [createConsent({ records, clock, ...news }), consentIn(records)]
    return { records, news, here, there }
  }

  test('what another has said counts once it is looked for, and the gate and the app hear of it', async () => {
    const { here, there, news } = two()
    const told: (string | undefined)[] = []
    here.gate.watch((shut) => told.push(shut?.by))
    await there.grant()
    await here.require()
    await there.decline()
    expect(here.state).toBe('granted')
    await expect(here.require()).rejects.toMatchObject({ code: 'no-consent' })
    await there.grant()
    expect([await here.look(), told]).toEqual(['granted', ['consent', undefined, 'consent', undefined]])
    expect(news.kept).not.toHaveBeenCalled()
  })

  test('[K11] that another has withdrawn is told once, and what was said here is not news', async () => {
    const { here, there, news } = two()
    await here.grant()
    there.withdraw()
    await there.keepWithdrawn()
    expect([await here.look(), await here.look()]).toEqual(['withdrawn', 'withdrawn'])
    expect(news.withdrawnElsewhere).toHaveBeenCalledOnce()
    await here.grant()
    here.withdraw()
    await here.keepWithdrawn()
    expect(await here.look()).toBe('withdrawn')
    expect([news.kept.mock.calls.length, news.withdrawnElsewhere.mock.calls.length]).toEqual([3, 1])
  })

  test('[K11] a withdrawal that is not kept yet is not undone by what is', async () => {
    const { here, there } = two()
    await there.grant()
    here.withdraw()
    expect(await here.look()).toBe('withdrawn')
    expect(await here.look()).toBe('withdrawn')
    await there.grant()
    there.withdraw()
    expect(await there.look()).toBe('withdrawn')
  })

  test('an answer that is being kept while it is looked for stands', async () => {
    const { here, there, records } = two()
    await there.grant()
    const reading = Promise.withResolvers<void>()
    const { load } = records
    vi.spyOn(records, 'load').mockImplementationOnce(async (name) => {
      const before = await load(name)
      await reading.promise
      return before
    })
    const looking = here.look()
    await here.decline()
    reading.resolve()
    expect([await looking, await here.look()]).toEqual(['declined', 'declined'])
  })
})
