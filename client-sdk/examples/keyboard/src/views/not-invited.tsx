export const NotInvited = () => (
  <main className="sheet">
    <h1>This keyboard has no invitation</h1>
    <p>
      Open it by the address that <code>npm run keyboard</code> prints: where the coordinator is, and what one
      enrols with, stand behind its <code>#</code>.
    </p>
  </main>
)
