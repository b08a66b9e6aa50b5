import { useId } from 'react'

type Props = {
  label: string
  value: string
  onChange: (value: string) => void
  placeholder: string
  required?: boolean
}

/** A line for the record: what the coordinator keeps of it is at most 500 characters. */
export const NoteInput = ({ label, onChange, ...given }: Props) => {
  const id = useId()
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <input id={id} maxLength={500} onChange={({ target }) => onChange(target.value)} {...given} />
    </>
  )
}
