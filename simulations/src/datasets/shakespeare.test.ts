import { describe, expect, it } from 'vitest'
import { CHARACTERS, characterIds } from './characters.ts'
import { dataUnderTest } from './data-under-test.ts'
import { copyRow, type Rows } from './dataset.ts'
import { DatasetError } from './dataset-error.ts'
import { readPlay, readSpeeches } from './plays.ts'
import {
  loadShakespeare,
  loadTinyShakespeare,
  nextCharacters,
  SHAKESPEARE_FILES,
  TINY_SHAKESPEARE_FILES,
} from './shakespeare.ts'

const PLAY = `<?xml version="1.0"?><PLAY><TITLE>Macbeth</TITLE><ACT><SCENE><TITLE>SCENE I</TITLE>
<SPEECH><SPEAKER>First Witch</SPEAKER><LINE>When shall we three</LINE><LINE><STAGEDIR>Thunder</STAGEDIR>  meet &amp; go</LINE></SPEECH>
<SPEECH><SPEAKER>ALL</SPEAKER><SPEAKER>First Witch</SPEAKER><LINE>Fair is foul</LINE></SPEECH></SCENE></ACT></PLAY>`

describe('a play', () => {
  it('is its roles and what each of them says, together too', () => {
    expect(readPlay(PLAY, 'macbeth.xml')).toEqual([
      {
        name: 'Macbeth: First Witch',
        play: 'Macbeth',
        lines: ['When shall we three', 'Thunder meet & go', 'Fair is foul'],
      },
      { name: 'Macbeth: ALL', play: 'Macbeth', lines: ['Fair is foul'] },
    ])
  })

  it.each([
    ['cut short', PLAY.slice(0, 200), 'truncated: a <SPEECH> is not closed'],
    ['that swells by entities', PLAY.replace('&amp;', '&lol9;'), '&lol9; is not expanded'],
  ])('%s is refused with its name', (_, xml, reason) => {
    expect(() => readPlay(xml, 'macbeth.xml')).toThrow(DatasetError)
    expect(() => readPlay(xml, 'macbeth.xml')).toThrow(`macbeth.xml`)
    expect(() => readPlay(xml, 'macbeth.xml')).toThrow(reason)
  })
})

describe('speeches in one file', () => {
  it('are the lines below their speaker', () => {
    expect(readSpeeches('ANNE:\nO: why?\nNo.\n\nALL:\nYes.\n\nANNE:\nAy.', 'input.txt')).toEqual([
      { name: 'ANNE', play: 'input.txt', lines: ['O: why?', 'No.', 'Ay.'] },
      { name: 'ALL', play: 'input.txt', lines: ['Yes.'] },
    ])
  })

  it('without a speaker are refused with their line', () => {
    expect(() => readSpeeches('ANNE:\nAy.\n\nwho says this', 'input.txt')).toThrow('input.txt, line 4')
  })
})

describe('the next character', () => {
  const roles = [
    { name: 'A', play: 'P', lines: ['ab', 'cd', 'ef', 'gh', 'ij'] },
    { name: 'B', play: 'P', lines: ['xy', 'z'] },
    { name: 'C', play: 'P', lines: ['alone'] },
  ]
  const set = nextCharacters(roles, 'plays', { context: 4 })
  const shown = ({ features, targets }: Rows, row: number) => {
    const into = new Float32Array(features.width)
    copyRow(features, row, into)
    return [...into, targets[row] ?? -1].map((id) => CHARACTERS[id] ?? '_').join('')
  }

  it('is asked for once a character, after the four before it within the role', () => {
    expect(Array.from({ length: set.train.count }, (_, row) => shown(set.train, row))).toEqual([
      '____a',
      '___ab',
      '__ab\n',
      '_ab\nc',
      'ab\ncd',
      'b\ncd\n',
      '\ncd\ne',
      'cd\nef',
      'd\nef\n',
      '\nef\ng',
      'ef\ngh',
      'f\ngh\n',
      '____x',
      '___xy',
      '__xy\n',
    ])
  })

  it('is of roles of two lines or more, whose last lines test', () => {
    expect(set.train.groups?.names).toEqual(['A', 'B'])
    expect(Array.from({ length: set.test.count }, (_, row) => shown(set.test, row)).join('|')).toBe(
      '____i|___ij|__ij\n|____z|___z\n',
    )
  })

  it('is one of 80 in an alphabet that has no more; another text is refused', () => {
    expect(CHARACTERS.length).toBe(80)
    expect([...characterIds('a€', 'x')]).toEqual([CHARACTERS.indexOf('a'), CHARACTERS.indexOf(' ')])
    expect(() => characterIds('тьма над водами', 'x')).toThrow('13 of 15 characters')
  })

  it.each([0, 1.5, 1_001])('after %s is refused', (context) => {
    expect(() => nextCharacters(roles, 'plays', { context })).toThrow('context must be')
  })
})

const plays = dataUnderTest(Object.values(SHAKESPEARE_FILES))

describe.skipIf(!plays.present)(`Shakespeare's plays${plays.note}`, () => {
  it('have 1,247 roles of 107,730 lines in 37 plays; characters within 0.1 % of those counted elsewhere', async () => {
    const { train, test } = await loadShakespeare(plays.folder)
    expect(train.groups?.names.length).toBe(1_247)
    const { play } = train.columns
    expect(play?.kind === 'category' && play.names.length).toBe(37)
    expect(Math.abs(train.count / 3_444_627 - 1)).toBeLessThan(0.001)
    expect(Math.abs(test.count / 873_203 - 1)).toBeLessThan(0.001)
    const newline = CHARACTERS.indexOf('\n')
    const lines = [train, test].map(({ targets }) => targets.filter((id) => id === newline).length)
    expect((lines[0] ?? 0) + (lines[1] ?? 0)).toBe(107_730)
  })
})

const tiny = dataUnderTest(Object.values(TINY_SHAKESPEARE_FILES))

describe.skipIf(!tiny.present)(`Tiny Shakespeare${tiny.note}`, () => {
  it('has 268 speakers of two lines or more', async () => {
    const { train, test } = await loadTinyShakespeare(tiny.folder)
    expect(train.groups?.names.length).toBe(268)
    expect(train.count + test.count).toBeGreaterThan(1_000_000)
  })
})
