import { useEffect, useId, useState } from 'react'
import { useSearchValue } from '../../ui/search-value.ts'
import { isBeginning } from './fleet-query.ts'

/** While somebody types; each change of the address asks the coordinator. */
const TYPING_MS = 250

export const FleetFilters = () => {
  const [status, setStatus] = useSearchValue('status')
  const [online, setOnline] = useSearchValue('online')
  return (
    <div className="filters">
      <Beginning />
      <label>
        Status
        <select value={status} onChange={({ target }) => setStatus(target.value)}>
          <option value="">all</option>
          <option value="active">active</option>
          <option value="revoked">revoked</option>
          <option value="withdrawn">withdrawn</option>
        </select>
      </label>
      <label>
        Connection
        <select value={online} onChange={({ target }) => setOnline(target.value)}>
          <option value="">all</option>
          <option value="true">online</option>
          <option value="false">offline</option>
        </select>
      </label>
    </div>
  )
}

/** What the id begins with. */
const Beginning = () => {
  const [search, setSearch] = useSearchValue('search')
  const [typed, setTyped] = useState(search)
  const wrongId = useId()
  const wrong = !isBeginning(typed)
  useEffect(() => setTyped(search), [search])
  useEffect(() => {
    if (typed === search || !isBeginning(typed)) return
    const timer = setTimeout(setSearch, TYPING_MS, typed.trim())
    return () => clearTimeout(timer)
  }, [typed, search, setSearch])
  return (
    <label>
      Id begins with
      <input
        type="search"
        value={typed}
        placeholder="c-3f9a"
        spellCheck={false}
        autoComplete="off"
        aria-invalid={wrong || undefined}
        aria-describedby={wrong ? wrongId : undefined}
        onChange={({ target }) => setTyped(target.value)}
      />
      {wrong && (
        <span id={wrongId} className="filter-wrong" role="alert">
          ids are c- and hex digits
        </span>
      )}
    </label>
  )
}
