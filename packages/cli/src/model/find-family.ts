import type { Family } from '@deepstruct/training'
import { UsageError } from '../errors.ts'

/**
 * The family of a name.
 *
 * @throws {@link UsageError} that lists those there are
 */
export function findFamily(
  families: readonly Family<'multilabel'>[],
  name: string,
): Family<'multilabel'> {
  const found = families.find((family) => family.name === name)
  if (found === undefined)
    throw new UsageError(
      `the option --model is '${name}', expected one of ${families.map((family) => family.name).join(', ')}`,
    )
  return found
}
