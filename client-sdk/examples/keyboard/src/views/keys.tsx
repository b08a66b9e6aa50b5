import { type PointerEvent, useState } from 'react'

const ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'] as const

/** The keys on the screen. Who has a keyboard of their own types in the field, so these are passed over by Tab. */
export const Keys = ({ onKey, onEnter }: { onKey(key: string): void; onEnter(): void }) => {
  const [shift, setShift] = useState<'up' | 'down'>('up')
  const type = (key: string) => {
    onKey(key)
    setShift('up')
  }
  return (
    <fieldset className="keys" aria-label="Keys">
      {ROWS.map((row, at) => (
        <div key={row} className="row">
          {at === 2 && (
            <Key
              label="Shift"
              wide
              pressed={shift === 'down'}
              onPress={() => setShift(shift === 'up' ? 'down' : 'up')}
            >
              ⇧
            </Key>
          )}
          {[...row].map((letter) => {
            const shown = shift === 'down' ? letter.toUpperCase() : letter
            return (
              <Key key={letter} label={shown} onPress={() => type(shown)}>
                {shown}
              </Key>
            )
          })}
          {at === 2 && (
            <Key label="Backspace" wide onPress={() => onKey('backspace')}>
              ⌫
            </Key>
          )}
        </div>
      ))}
      <div className="row">
        <Key label="Apostrophe" onPress={() => type("'")}>
          ’
        </Key>
        <Key label="Comma" onPress={() => type(',')}>
          ,
        </Key>
        <Key label="Space" space onPress={() => type(' ')}>
          space
        </Key>
        <Key label="Full stop" onPress={() => type('.')}>
          .
        </Key>
        <Key label="Keep the line" wide onPress={onEnter}>
          ↵
        </Key>
      </div>
    </fieldset>
  )
}

const Key = (props: {
  label: string
  children: string
  wide?: true
  space?: true
  pressed?: boolean
  onPress(): void
}) => (
  <button
    type="button"
    tabIndex={-1}
    className={`key${props.wide ? ' wide' : ''}${props.space ? ' space' : ''}`}
    aria-label={props.label}
    {...(props.pressed !== undefined && { 'aria-pressed': props.pressed })}
    // The field keeps the focus.
    onPointerDown={(event: PointerEvent) => event.preventDefault()}
    onClick={props.onPress}
  >
    {props.children}
  </button>
)
