/** How the command was started, as a shell would take it again. */
export function invocation(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): string {
  return [starter(env), ...args.map(shellWord)].join(' ')
}

function starter(env: Readonly<Record<string, string | undefined>>): string {
  if (env['npm_lifecycle_event'] === 'deepstruct') return 'npm run -s deepstruct --'
  return env['npm_command'] === 'exec' ? 'npx @deepstruct/cli' : 'deepstruct'
}

/** A word in quotes where a shell would take it apart. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
