import { Icon } from './icon.tsx'

/** Saves a text that the page holds as a file. */
export const DownloadText = ({ text, name, type }: { text: string; name: string; type: string }) => {
  const save = () => {
    const url = URL.createObjectURL(new Blob([text], { type }))
    const link = document.createElement('a')
    link.href = url
    link.download = name
    link.click()
    // The browser has taken hold of it once the click is over.
    setTimeout(() => URL.revokeObjectURL(url), 1_000)
  }
  return (
    <button type="button" className="button" onClick={save}>
      <Icon name="download" /> Download
    </button>
  )
}
