import { useCallback } from 'react'
import { useSearchParams } from 'wouter'

/** A value that the address keeps in its query, so that a link leads to it: a tab, a filter, an order. Empty is left out. */
export const useSearchValue = (name: string): [value: string, set: (value: string) => void] => {
  const [search, setSearch] = useSearchParams()
  const set = useCallback(
    (value: string) =>
      setSearch(
        (before) => {
          const after = new URLSearchParams(before)
          if (value === '') after.delete(name)
          else after.set(name, value)
          return after
        },
        { replace: true },
      ),
    [name, setSearch],
  )
  return [search.get(name) ?? '', set]
}
