import { useQuery } from '@tanstack/react-query'
import { Id } from '../../ui/id.tsx'

/** The SHA-256 of a client's key, of which its id is the first half: what its owner can read out over the telephone. */
export const Fingerprint = ({ publicKey, id }: { publicKey: string; id: string }) => {
  const { data } = useQuery({
    queryKey: ['fingerprint', publicKey],
    queryFn: () => fingerprintOf(publicKey),
    // Browsers compute digests on secure origins alone.
    enabled: isSecureContext,
    staleTime: Number.POSITIVE_INFINITY,
  })
  return data ? (
    <>
      <Id of={data} whole />
      <span className="help">SHA-256 of the key; the id is its first half</span>
    </>
  ) : (
    <span className="help">
      SHA-256 of the key; its first half is the id, <code>{id.replace('c-', '')}</code>
    </span>
  )
}

const fingerprintOf = async (publicKey: string): Promise<string> => {
  const text = atob(publicKey.replaceAll('-', '+').replaceAll('_', '/'))
  const digest = await crypto.subtle.digest(
    'SHA-256',
    Uint8Array.from(text, (letter) => letter.charCodeAt(0)),
  )
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
