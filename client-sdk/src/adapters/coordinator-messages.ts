import '../participation/lazily.ts'

export { CoordinatorMessage } from '@tributary/protocols/messages'
