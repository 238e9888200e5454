import { flatten } from '../tree.ts'
import { Device } from './device.ts'
import type { Program } from './engine.ts'
import { isInputLeaf, refuseInput } from './input-leaf.ts'

/** What a call was given for good. */
export interface Donation {
  /** The arguments, with handles of the call's own in the place of those that it was given. */
  readonly args: readonly unknown[]
  /** Makes the caller's handles usable again, unless the engine has used up what they held. */
  giveBack(): void
}

/**
 * Takes the handles that are donated to a call, at once: whoever uses one from now on is told so, also while the call is under way.
 *
 * @throws {@link EngineError} when one is gone already, or is donated twice
 */
export function takeDonation(
  { name, donate }: Pick<Program, 'name' | 'donate'>,
  args: readonly unknown[],
): Donation {
  if (donate.length === 0) return { args, giveBack: () => undefined }
  const trees = args.map((argument) => flatten(argument, isInputLeaf, refuseInput(name)))
  const taken = new Map<unknown, Device<unknown>>()
  const giveBack = (): void => {
    for (const [handle, own] of taken) (handle as Device<unknown>).takeBack(own)
  }
  try {
    for (const position of donate)
      for (const leaf of trees[position]?.leaves ?? [])
        if (leaf instanceof Device) taken.set(leaf, leaf.handOver(name))
  } catch (error) {
    giveBack()
    throw error
  }
  if (taken.size === 0) return { args, giveBack }
  return {
    args: trees.map(({ leaves, rebuild }) =>
      rebuild(leaves.map((leaf) => taken.get(leaf) ?? leaf)),
    ),
    giveBack,
  }
}
