import type { TaskFile } from '@tributary/protocols/task'
import { useMemo } from 'react'
import { CopyButton } from '../../ui/copy-button.tsx'
import { DownloadText } from '../../ui/download-text.tsx'
import { Panel } from '../../ui/panel.tsx'
import { ScrollFrame } from '../../ui/scroll-frame.tsx'

/** The task file as the coordinator holds it, with all that was left out filled in. */
export const FileTab = ({ file }: { file: TaskFile }) => {
  const text = useMemo(() => `${JSON.stringify(file, null, 2)}\n`, [file])
  return (
    <Panel
      title="Task file"
      beside={
        <span className="panel-acts">
          <CopyButton text={text} of="the task file" />
          <DownloadText text={text} name={`${file.id}.json`} type="application/json" />
        </span>
      }
    >
      <ScrollFrame label="Text of the task file" long>
        <pre className="json">
          <code>{text}</code>
        </pre>
      </ScrollFrame>
    </Panel>
  )
}
