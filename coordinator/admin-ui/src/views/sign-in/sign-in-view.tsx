import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { SessionView } from '@tributary/protocols/rest'
import { useEffect } from 'react'
import { useForm } from 'react-hook-form'
import { useSearchParams } from 'wouter'
import { useApi } from '../../api/api-context.ts'
import type { ProblemError } from '../../api/problem-error.ts'
import { useRest } from '../../api/use-rest.ts'
import { providerPath, safeReturnPath } from '../../session/return-path.ts'
import { SESSION_KEY } from '../../session/use-session.ts'
import { ThemeSwitch } from '../../theme/theme-switch.tsx'
import { ActButton } from '../../ui/act-button.tsx'
import { ProblemNotice } from '../../ui/problem-notice.tsx'

/** By an operator token, or through the identity provider where the coordinator has one. */
export const SignInView = () => {
  const api = useApi()
  const cache = useQueryClient()
  const ways = useRest('/sign-in')
  const { register, handleSubmit } = useForm({ defaultValues: { token: '' } })
  const [search] = useSearchParams()
  const signIn = useMutation<SessionView, ProblemError, { token: string }>({
    mutationFn: ({ token }) => api.post('/session', { body: { token: token.trim() } }),
    onSuccess: (session) => cache.setQueryData(SESSION_KEY, session),
  })
  useEffect(() => {
    document.title = 'Sign in · Tributary'
  }, [])
  const oidc = ways.data?.oidc
  const to = safeReturnPath(search.get('to'))
  return (
    <main className="sign-in">
      <form onSubmit={handleSubmit((given) => signIn.mutate(given))}>
        <h1>
          <img src="/icon.svg" alt="" width="28" height="28" /> Tributary
        </h1>
        {oidc && (
          <a className="button button-primary" href={providerPath(oidc.path, to)}>
            Sign in with {oidc.name}
          </a>
        )}
        <label htmlFor="token">Operator token</label>
        <input
          id="token"
          type="password"
          autoComplete="current-password"
          spellCheck={false}
          aria-describedby="token-help"
          {...register('token', { required: true })}
        />
        <p id="token-help" className="help">
          It begins with <code>tro_</code>. The first one was shown when the coordinator first started; an
          admin makes more.
        </p>
        {signIn.error && <ProblemNotice problem={signIn.error} />}
        <ActButton type="submit" tone={oidc ? 'plain' : 'primary'} busy={signIn.isPending}>
          Sign in
        </ActButton>
      </form>
      <ThemeSwitch />
    </main>
  )
}
