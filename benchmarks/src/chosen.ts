/**
 * What an option of the command line names.
 *
 * @param option - the option, for the error
 */
export function chosen<T>(choices: Readonly<Record<string, T>>, option: string, name: string): T {
  const choice = choices[name]
  if (choice === undefined)
    throw new RangeError(`${option} ${name}: expected one of ${Object.keys(choices).join(', ')}`)
  return choice
}
