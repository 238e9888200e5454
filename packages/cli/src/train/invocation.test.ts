import { expect, it } from 'vitest'
import { invocation } from './invocation.ts'

it('repeats the command as a shell takes it', () => {
  const args = [
    'train',
    '--out',
    "it's here.safetensors",
    '--hidden',
    '3,4',
    '--config',
    './a_b=c.json',
    '',
  ]
  const words = `train --out 'it'\\''s here.safetensors' --hidden 3,4 --config ./a_b=c.json ''`
  expect(invocation(args, {})).toBe(`deepstruct ${words}`)
  expect(invocation(args, { npm_command: 'exec' })).toBe(`npx @deepstruct/cli ${words}`)
  expect(invocation(args, { npm_command: 'run-script', npm_lifecycle_event: 'deepstruct' })).toBe(
    `npm run -s deepstruct -- ${words}`,
  )
})
