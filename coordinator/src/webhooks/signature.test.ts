import { seededRandom } from '@tributary/protocols/runtime'
import { expect, test } from 'vitest'
import { newSecret, secretText, signatureOf } from './signature.ts'

test('a signature is that of the vector which libraries of Standard Webhooks are tested with', () => {
  const secret = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')
  expect(
    signatureOf(secret, {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestamp: 1_614_265_330,
      body: '{"test": 2432232314}',
    }),
  ).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
})

test('a secret is 32 bytes in base64 behind its prefix', () => {
  const secret = newSecret(seededRandom('secret'))
  const [, base64 = ''] = /^whsec_([A-Za-z0-9+/]{43}=)$/.exec(secretText(secret)) ?? []
  expect(new Uint8Array(Buffer.from(base64, 'base64'))).toEqual(secret)
})
