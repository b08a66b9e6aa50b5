// Before the first paint, so that a page in the dark does not flash: the theme that the reader chose.
try {
  const theme = localStorage.getItem('tributary-theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Without storage the system's theme holds.
}
