import { useEffect, useMemo, useState } from 'react'
import { FormProvider, useForm, useFormContext, useWatch } from 'react-hook-form'
import { ActButton } from '../../ui/act-button.tsx'
import { Field, type Mistaken } from '../../ui/field.tsx'
import { Mistakes } from '../../ui/mistakes.tsx'
import { Panel } from '../../ui/panel.tsx'
import { ProblemNotice } from '../../ui/problem-notice.tsx'
import { ScrollFrame } from '../../ui/scroll-frame.tsx'
import { ScheduleFields } from './schedule-fields.tsx'
import { STRATEGIES, type StrategyName } from './strategies.ts'
import { TaskVerdict } from './task-size.tsx'
import { type TaskValues, taskFileOf } from './task-values.ts'
import { useCreateTask } from './use-create-task.ts'
import { useTaskCheck } from './use-task-check.ts'

type Props = {
  values: TaskValues
  /** Hears what the form holds when it goes. */
  onLeave: (values: TaskValues) => void
  onEditFile: (text: string) => void
}

export const TaskForm = ({ values, onLeave, onEditFile }: Props) => {
  const form = useForm<TaskValues>({ defaultValues: values })
  const watched = useWatch({ control: form.control }) as TaskValues
  const text = useMemo(() => JSON.stringify(taskFileOf(watched), null, 2), [watched])
  const [tried, setTried] = useState(false)
  const { check } = useTaskCheck(text)
  const { create, error, isPending, variables } = useCreateTask()
  const refused = error && variables === text ? error : null
  useEffect(() => () => onLeave(form.getValues()), [form, onLeave])

  const mistakes = tried ? (check?.mistakes ?? refused?.mistakes ?? []) : []
  const problem = { mistakes }
  return (
    <FormProvider {...form}>
      <form
        className="new-task"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          setTried(true)
          create(text)
        }}
      >
        <div className="new-task-fields">
          <Names problem={problem} />
          <Model problem={problem} />
          <Plan problem={problem} />
          <Cohort problem={problem} />
          <Strategy problem={problem} />
          <Privacy problem={problem} />
          <fieldset className="panel">
            <legend>Schedule</legend>
            <ScheduleFields problem={problem} />
          </fieldset>
        </div>
        <aside className="new-task-file">
          <Panel
            title="The task file that this makes"
            beside={
              <button type="button" className="link" onClick={() => onEditFile(text)}>
                Edit as a file
              </button>
            }
          >
            <TaskVerdict check={check} tried={tried} />
            <Mistakes mistakes={mistakes} />
            <ScrollFrame label="The task file" long>
              <pre className="json">
                <code>{text}</code>
              </pre>
            </ScrollFrame>
          </Panel>
          {refused && mistakes.length === 0 && <ProblemNotice problem={refused} />}
          <div className="new-task-acts">
            <ActButton type="submit" tone="primary" needs="operator" busy={isPending}>
              Create task
            </ActButton>
          </div>
        </aside>
      </form>
    </FormProvider>
  )
}

type Part = { problem: Mistaken }

const asNumber = { valueAsNumber: true }

/** A field of numbers, by the name of its value. */
const NumberField = ({
  name,
  label,
  help,
  at,
  problem,
}: Part & { name: keyof TaskValues; label: string; help?: string; at: string }) => {
  const { register } = useFormContext<TaskValues>()
  return (
    <Field label={label} help={help} at={at} problem={problem}>
      {(given) => <input type="number" step="any" {...given} {...register(name, asNumber)} />}
    </Field>
  )
}

const Names = ({ problem }: Part) => {
  const { register } = useFormContext<TaskValues>()
  return (
    <fieldset className="panel">
      <legend>Task</legend>
      <Field label="Id" help="a to z, 0 to 9 and -; clients join by it" at="id" problem={problem}>
        {(given) => <input autoComplete="off" {...given} {...register('id')} />}
      </Field>
      <Field label="Title" help="for people; may be left out" at="title" problem={problem}>
        {(given) => <input {...given} {...register('title')} />}
      </Field>
    </fieldset>
  )
}

const Model = ({ problem }: Part) => {
  const { register } = useFormContext<TaskValues>()
  const [model, initial] = useWatch<TaskValues, ['model', 'initial']>({ name: ['model', 'initial'] })
  return (
    <fieldset className="panel">
      <legend>Model</legend>
      <Field label="Model" at="model.format" problem={problem}>
        {(given) => (
          <select {...given} {...register('model')}>
            <option value="regression">Regression: one layer</option>
            <option value="two-layers">2NN for MNIST: 784, 200, 200, 10</option>
            <option value="dense">Dense layers of your own sizes</option>
            <option value="convolutional">CNN for images of 28 × 28</option>
            <option value="custom">A trainer of your app</option>
          </select>
        )}
      </Field>
      {(model === 'regression' || model === 'dense') && (
        <NumberField name="inputs" label="Inputs" at="model.tensors[0].shape[0]" problem={problem} />
      )}
      {model === 'dense' && (
        <Field label="Hidden layers" help="units of each, as in 64, 32" at="model.topology" problem={problem}>
          {(given) => <input {...given} {...register('hidden')} />}
        </Field>
      )}
      {(model === 'regression' || model === 'dense' || model === 'convolutional') && (
        <NumberField
          name="outputs"
          label="Outputs"
          help="classes, or 1 for a number"
          at="model.topology"
          problem={problem}
        />
      )}
      {model === 'custom' && (
        <>
          <Field
            label="Trainer"
            help="the name under which your app knows it"
            at="model.trainer"
            problem={problem}
          >
            {(given) => <input {...given} {...register('trainer')} />}
          </Field>
          <Field label="Weights" help="one a line, as in kernel: 2, 1" at="model.tensors" problem={problem}>
            {(given) => <textarea rows={4} {...given} {...register('tensors')} />}
          </Field>
        </>
      )}
      <Field label="First weights" at="model.initial.kind" problem={problem}>
        {(given) => (
          <select {...given} {...register('initial')}>
            <option value="seeded">drawn by the coordinator</option>
            <option value="import">imported by you; rounds wait for them</option>
          </select>
        )}
      </Field>
      {initial === 'seeded' && (
        <NumberField name="seed" label="Seed" at="model.initial.seed" problem={problem} />
      )}
    </fieldset>
  )
}

const Plan = ({ problem }: Part) => {
  const { register } = useFormContext<TaskValues>()
  return (
    <fieldset className="panel">
      <legend>What a client does in a round</legend>
      <NumberField name="epochs" label="Epochs" at="plan.epochs" problem={problem} />
      <NumberField name="batchSize" label="Batch size" at="plan.batchSize" problem={problem} />
      <Field label="Optimizer" at="plan.optimizer.name" problem={problem}>
        {(given) => (
          <select {...given} {...register('optimizer')}>
            <option value="sgd">SGD</option>
            <option value="adam">Adam</option>
          </select>
        )}
      </Field>
      <NumberField
        name="learningRate"
        label="Learning rate"
        at="plan.optimizer.learningRate"
        problem={problem}
      />
      <Field label="Loss" at="plan.loss" problem={problem}>
        {(given) => (
          <select {...given} {...register('loss')}>
            <option value="softmax-cross-entropy">cross entropy, one class of several</option>
            <option value="sigmoid-cross-entropy">cross entropy, yes or no</option>
            <option value="mean-squared-error">mean squared error</option>
          </select>
        )}
      </Field>
      <NumberField
        name="proximal"
        label="Proximal term μ"
        help="of FedProx; 0 for none"
        at="plan.proximal"
        problem={problem}
      />
    </fieldset>
  )
}

const Cohort = ({ problem }: Part) => (
  <fieldset className="panel">
    <legend>Cohort</legend>
    <NumberField
      name="target"
      label="Target"
      help="updates wanted; with so many a round ends at once"
      at="cohort.target"
      problem={problem}
    />
    <NumberField
      name="quorum"
      label="Quorum"
      help="with fewer updates at the deadline a round is abandoned"
      at="cohort.quorum"
      problem={problem}
    />
    <NumberField
      name="overSelection"
      label="Over-selection"
      help="clients invited for each update wanted; 1 for a small fleet"
      at="cohort.overSelection"
      problem={problem}
    />
    <NumberField
      name="selectionSeconds"
      label="Selection time, seconds"
      help="how long a round waits for enough clients"
      at="cohort.selectionSeconds"
      problem={problem}
    />
    <NumberField
      name="trainingSeconds"
      label="Training time, seconds"
      help="how long the invited clients have"
      at="cohort.trainingSeconds"
      problem={problem}
    />
  </fieldset>
)

const Strategy = ({ problem }: Part) => {
  const { register } = useFormContext<TaskValues>()
  const strategy = useWatch<TaskValues, 'strategy'>({ name: 'strategy' })
  return (
    <fieldset className="panel">
      <legend>Strategy</legend>
      <Field label="How updates become weights" at="strategy.name" problem={problem}>
        {(given) => (
          <select {...given} {...register('strategy')}>
            {(Object.keys(STRATEGIES) as StrategyName[]).map((name) => (
              <option key={name} value={name}>
                {STRATEGIES[name].title}
              </option>
            ))}
          </select>
        )}
      </Field>
      {STRATEGIES[strategy].parameters.map(({ name, label, usual }) => (
        <Field key={`${strategy} ${name}`} label={label} at={`strategy.${name}`} problem={problem}>
          {(given) => (
            <input
              type={typeof usual === 'number' ? 'number' : 'text'}
              step="any"
              placeholder={String(usual)}
              {...given}
              {...register(`parameters.${name}`, {
                setValueAs: (typed: unknown) => (typed === '' ? undefined : typed),
              })}
            />
          )}
        </Field>
      ))}
    </fieldset>
  )
}

const Privacy = ({ problem }: Part) => {
  const { register } = useFormContext<TaskValues>()
  const [mode, noise] = useWatch<TaskValues, ['privacy', 'noise']>({ name: ['privacy', 'noise'] })
  const under = 'privacy.differentialPrivacy'
  return (
    <fieldset className="panel">
      <legend>Privacy</legend>
      <Field label="Updates" at="privacy.mode" problem={problem}>
        {(given) => (
          <select {...given} {...register('privacy')}>
            <option value="sealed">sealed; the coordinator opens each</option>
            <option value="secure-aggregation">masked; it learns their sum alone</option>
          </select>
        )}
      </Field>
      {mode === 'secure-aggregation' && (
        <Field
          label="Audience"
          help="sets how few clients may be in a sum"
          at="privacy.audience"
          problem={problem}
        >
          {(given) => (
            <select {...given} {...register('audience')}>
              <option value="fleet">devices of strangers</option>
              <option value="silo">organisations that know each other</option>
              <option value="demo">a demonstration</option>
            </select>
          )}
        </Field>
      )}
      <Field label="Noise" at={`${under}.mechanism`} problem={problem}>
        {(given) => (
          <select {...given} {...register('noise')}>
            <option value="none">none: nothing is promised</option>
            <option value="central">by the coordinator, to the sum (sealed updates)</option>
            <option value="local">by each client, all of it (sealed updates)</option>
            <option value="distributed">by each client, a share (masked updates)</option>
          </select>
        )}
      </Field>
      {noise !== 'none' && (
        <>
          <NumberField name="epsilon" label="Budget ε" at={`${under}.budget.epsilon`} problem={problem} />
          <NumberField name="delta" label="Budget δ" at={`${under}.budget.delta`} problem={problem} />
          <NumberField
            name="most"
            label="Rounds of one client, at most"
            at={`${under}.participation.most`}
            problem={problem}
          />
          <NumberField
            name="noiseMultiplier"
            label="Noise multiplier"
            help="standard deviation in units of the norm"
            at={`${under}.noiseMultiplier`}
            problem={problem}
          />
          <NumberField
            name="clipNorm"
            label="Clip norm (L2)"
            at={`${under}.clipping.clipNorm`}
            problem={problem}
          />
        </>
      )}
    </fieldset>
  )
}
