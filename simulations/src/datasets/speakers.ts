import { readKnownFile } from './checksums.ts'
import { type DownloadProgress, downloadKnownFiles } from './download.ts'
import { type Role, readSpeeches } from './plays.ts'
import { TINY_SHAKESPEARE_FILES } from './shakespeare.ts'

export type { Role } from './plays.ts'

/**
 * The speakers of Tiny Shakespeare with their lines in order, those who say most first: a person each, for models of words.
 * @throws DatasetError when the file is missing, altered or malformed, saying what to do.
 */
export const loadSpeakers = async (
  folder: string,
  { download = false, onProgress }: { download?: boolean; onProgress?: (p: DownloadProgress) => void } = {},
): Promise<Role[]> => {
  const file = TINY_SHAKESPEARE_FILES.text
  if (download) await downloadKnownFiles(folder, [file], onProgress && { onProgress })
  const text = new TextDecoder().decode(await readKnownFile(folder, file))
  return readSpeeches(text, file.path).toSorted((a, b) => b.lines.length - a.lines.length)
}
