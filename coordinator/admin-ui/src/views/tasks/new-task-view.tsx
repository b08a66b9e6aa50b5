import { useState } from 'react'
import { useLocation } from 'wouter'
import { PageHeader } from '../../ui/page-header.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { TaskFileEditor } from './task-file-editor.tsx'
import { TaskForm } from './task-form.tsx'
import { defaultValues } from './task-values.ts'
import './new-task.css'

/** A task from a form, or from a file that somebody wrote. What was filled in outlives going from one to the other. */
export const NewTaskView = () => {
  const [values, setValues] = useState(defaultValues)
  const [text, setText] = useState('')
  const [path, go] = useLocation()
  return (
    <>
      <PageHeader title="New task" crumbs={[{ name: 'Tasks', to: '/tasks' }]} />
      <Tabs
        label="Ways to make a task"
        tabs={[
          {
            name: 'form',
            title: 'Form',
            content: () => (
              <TaskForm
                values={values}
                onLeave={setValues}
                onEditFile={(file) => {
                  setText(file)
                  go(`${path}?tab=file`)
                }}
              />
            ),
          },
          {
            name: 'file',
            title: 'Task file',
            content: () => <TaskFileEditor text={text} onChange={setText} />,
          },
        ]}
      />
    </>
  )
}
