import { useQuery } from '@tanstack/react-query'
import type { TaskCheckView } from '@tributary/protocols/rest'
import { useEffect, useState } from 'react'
import { useApi } from '../../api/api-context.ts'
import type { ProblemError } from '../../api/problem-error.ts'

/** After the last key, before the coordinator is asked. */
const PAUSE_MS = 500

/** What the coordinator would say to a task file, asked when its writer pauses; undefined until it has said so of this very file. */
export const useTaskCheck = (
  text: string | undefined,
): { check: TaskCheckView | undefined; problem: ProblemError | null } => {
  const api = useApi()
  const settled = useSettled(text)
  const { data, error } = useQuery<TaskCheckView, ProblemError>({
    queryKey: ['task-check', settled],
    queryFn: () => api.post('/task-checks', { body: JSON.parse(settled ?? 'null') }),
    enabled: settled !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  })
  return { check: settled === text ? data : undefined, problem: settled === text ? error : null }
}

const useSettled = (text: string | undefined): string | undefined => {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(setSettled, PAUSE_MS, text)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
