import type { TaskView } from '@tributary/protocols/rest'
import { useId, useState } from 'react'
import { useAct } from '../../api/use-rest.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Bytes } from '../../ui/bytes.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { NoteInput } from '../../ui/note-input.tsx'
import { ProblemNotice } from '../../ui/problem-notice.tsx'
import '../../ui/field.css'

/** Makes a version of a safetensors file. What is wrong with the file shows beside it. */
export const ImportModel = ({ task }: { task: TaskView }) => {
  const [asking, setAsking] = useState(false)
  const { openRound } = task
  return (
    <>
      <ActButton
        needs="operator"
        unless={openRound ? `Round ${openRound.number} goes on: wait until it has ended.` : undefined}
        onClick={() => setAsking(true)}
      >
        Import weights
      </ActButton>
      {asking && <ImportDialog task={task} onClose={() => setAsking(false)} />}
    </>
  )
}

const ImportDialog = ({ task, onClose }: { task: TaskView; onClose: () => void }) => {
  const [file, setFile] = useState<File>()
  const [note, setNote] = useState('')
  const [missing, setMissing] = useState(false)
  const [fileId, problemId] = [useId(), useId()]
  const importing = useAct({
    does: (api, body: Blob) =>
      api.post('/tasks/{task}/models', { path: { task: task.id }, query: { note }, body }),
    done: ({ version }) => `Version ${version} is imported and in use.`,
    changes: ['/tasks/{task}/models', '/tasks/{task}', '/tasks', '/overview'],
    quiet: true,
  })
  const confirm = () => {
    setMissing(file === undefined)
    if (file) importing.mutate(file, { onSuccess: onClose })
  }
  return (
    <ConfirmDialog
      title={`Import weights into ${task.id}`}
      act="Import weights"
      tone="primary"
      busy={importing.isPending}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p>
        They become version {(task.latestModel?.version ?? 0) + 1}: clients get it at once and the next round
        begins from it.
      </p>
      <label htmlFor={fileId}>Safetensors file</label>
      <input
        id={fileId}
        type="file"
        accept=".safetensors,application/octet-stream"
        aria-invalid={missing || importing.isError}
        aria-describedby={problemId}
        onChange={({ target }) => {
          setFile(target.files?.[0])
          setMissing(false)
          importing.reset()
        }}
      />
      <div id={problemId}>
        {missing && <p className="field-wrong">Choose a file first.</p>}
        {file && (
          <p className="help">
            {file.name}, <Bytes of={file.size} />
          </p>
        )}
        {importing.error && <ProblemNotice problem={importing.error} />}
      </div>
      <NoteInput label="Note" value={note} onChange={setNote} placeholder="where they come from" />
    </ConfirmDialog>
  )
}
