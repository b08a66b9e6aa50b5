import { type ReactNode, useId } from 'react'
import '../../ui/field.css'

type Given = { id: string; 'aria-invalid': boolean; 'aria-describedby': string }

/** A labelled field with help and what is wrong with it; `children` gets what ties them together. */
export const Field = ({
  label,
  help,
  problem,
  children,
}: {
  label: string
  help?: string
  problem?: string | undefined
  children: (given: Given) => ReactNode
}) => {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-invalid': problem !== undefined, 'aria-describedby': `${id}-said` })}
      <div id={`${id}-said`}>
        {problem && <p className="field-problem">{problem}</p>}
        {help && <p className="help">{help}</p>}
      </div>
    </div>
  )
}
