import { useState } from 'react'
import { Icon } from '../ui/icon.tsx'
import { loadTheme, nextTheme, saveTheme } from './theme.ts'

const ICONS = { system: 'half', light: 'sun', dark: 'moon' } as const

export const ThemeSwitch = () => {
  const [theme, setTheme] = useState(loadTheme)
  const turn = () => {
    const next = nextTheme(theme)
    saveTheme(next)
    setTheme(next)
  }
  return (
    <button type="button" className="icon-button" onClick={turn} title={`Theme: ${theme}`}>
      <Icon name={ICONS[theme]} />
      <span className="unseen">
        Theme: {theme}. Change to {nextTheme(theme)}
      </span>
    </button>
  )
}
