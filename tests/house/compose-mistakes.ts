import * as z from 'zod'

/** As much of a compose file as the rules look at. */
export const Compose = z.object({
  services: z.record(
    z.string(),
    z.looseObject({
      image: z.string().optional(),
      build: z.string().optional(),
      environment: z.record(z.string(), z.string()).default({}),
      ports: z.array(z.string()).default([]),
      healthcheck: z.looseObject({ test: z.array(z.string()).min(2) }).optional(),
    }),
  ),
})
export type Compose = z.infer<typeof Compose>

/** What is wrong with a deployment: empty for one that may be handed out. `settings` are the coordinator's variables. */
export const composeMistakes = (
  { services }: Compose,
  { dockerfile, settings }: { dockerfile: string; settings: ReadonlySet<string> },
): string[] =>
  Object.entries(services).flatMap(([name, { image, build, environment, ports, healthcheck }]) => [
    ...(image === undefined && build === undefined ? [`${name} has no image`] : []),
    ...(image !== undefined && !isPinned(image) ? [`${name}: ${image} is no version`] : []),
    ...(healthcheck === undefined && !(build !== undefined && /^HEALTHCHECK /m.test(dockerfile))
      ? [`${name} has no health check`]
      : []),
    ...ports.flatMap((port) =>
      port.startsWith('127.0.0.1:') ? [] : [`${name}: ${port} is open to every network`],
    ),
    ...Object.entries(environment).flatMap(([variable, value]) => [
      ...(isSecret(variable) && !/^\$\{\w+:\?[^}]+\}$/.test(value)
        ? [`${name}: ${variable} has a default`]
        : []),
      ...secretsIn(value).map((secret) => `${name}: ${variable} takes ${secret}, which has a default`),
      ...(/:\/\/[^/:]*:[^/$@]+@/.test(value.replaceAll(TAKEN, '$'))
        ? [`${name}: ${variable} holds a password`]
        : []),
      ...(variable.startsWith('TRIBUTARY_') && !settings.has(variable)
        ? [`${name}: ${variable} is no setting of the coordinator`]
        : []),
    ]),
  ])

/** What is wrong with how an image is built. `node` is the version that the project pins. */
export const dockerfileMistakes = (dockerfile: string, { node }: { node: string }): string[] => {
  const bases = [...dockerfile.matchAll(/^FROM (\S+)(?: AS (\S+))?$/gm)]
  const stages = new Set(bases.flatMap(([, , stage]) => (stage === undefined ? [] : [stage])))
  const lastUser = [...dockerfile.matchAll(/^USER (\S+)$/gm)].at(-1)?.[1]
  return [
    ...bases.flatMap(([, base = '']) =>
      stages.has(base) || base.startsWith(`node:${node}-`) ? [] : [`${base} is not Node ${node}`],
    ),
    ...(lastUser === undefined || lastUser === 'root' || lastUser === '0' ? ['it runs as root'] : []),
  ]
}

/** `${VARIABLE:?what to do}`: a value from outside. */
const TAKEN = /\$\{(\w+)([^}]*)\}/g

const isPinned = (image: string): boolean => /:v?\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?$/.test(image)

const isSecret = (variable: string): boolean => /PASSWORD|SECRET|TOKEN|ACCESS_KEY/.test(variable)

/** Secrets that a value takes from outside without asking for them. */
const secretsIn = (value: string): string[] =>
  [...value.matchAll(TAKEN)].flatMap(([, variable = '', rest = '']) =>
    isSecret(variable) && !rest.startsWith(':?') ? [variable] : [],
  )
