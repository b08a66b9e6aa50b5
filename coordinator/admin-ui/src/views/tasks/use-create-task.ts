import type { TaskView } from '@tributary/protocols/rest'
import { useLocation } from 'wouter'
import { useAct } from '../../api/use-rest.ts'

/** Makes a task of a file's text and goes to it. What is wrong stays with the form. */
export const useCreateTask = () => {
  const [, go] = useLocation()
  const create = useAct<string, TaskView>({
    does: (api, text) => api.post('/tasks', { body: JSON.parse(text) }),
    done: ({ id }) => `The task ${id} is made.`,
    changes: ['/tasks', '/overview'],
    quiet: true,
  })
  return {
    ...create,
    create: (text: string) => create.mutate(text, { onSuccess: ({ id }) => go(`/tasks/${id}`) }),
  }
}
