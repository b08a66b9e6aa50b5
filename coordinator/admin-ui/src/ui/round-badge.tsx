import type { RoundView, TaskStatus } from '@tributary/protocols/rest'
import { StatusBadge, type Tone } from './status-badge.tsx'

const PHASE_TONES: Record<RoundView['phase'], Tone> = {
  selecting: 'idle',
  training: 'busy',
  aggregating: 'busy',
  completed: 'good',
  abandoned: 'bad',
}
const TASK_TONES: Record<TaskStatus, Tone> = { active: 'good', paused: 'warning', finished: 'idle' }

export const PhaseBadge = ({ phase }: { phase: RoundView['phase'] }) => (
  <StatusBadge tone={PHASE_TONES[phase]}>{phase}</StatusBadge>
)

export const TaskBadge = ({ status }: { status: TaskStatus }) => (
  <StatusBadge tone={TASK_TONES[status]}>{status}</StatusBadge>
)
