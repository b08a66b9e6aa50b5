/** What the reader chose; `system` follows the system. `public/early-theme.js` reads the same key before the first paint. */
export type Theme = 'system' | 'light' | 'dark'

const KEY = 'tributary-theme'

export const themeOf = (kept: string | null): Theme => (kept === 'light' || kept === 'dark' ? kept : 'system')

export const nextTheme = (theme: Theme): Theme =>
  theme === 'system' ? 'light' : theme === 'light' ? 'dark' : 'system'

/** The theme kept in this browser; `system` where it keeps nothing. */
export const loadTheme = (): Theme => {
  try {
    return themeOf(localStorage.getItem(KEY))
  } catch {
    return 'system'
  }
}

export const saveTheme = (theme: Theme): void => {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  try {
    localStorage.setItem(KEY, theme)
  } catch {
    // A browser that keeps nothing: the choice lasts as long as the page.
  }
}
