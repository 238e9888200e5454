import type { EpochRecord, Metrics } from '@deepstruct/training'

/**
 * How a discriminator did over an epoch. `saturated`: it is sure and right about almost every mask, so the saturating form has no gradient left
 * and the other one pulls without a measure. `collapsed`: it gives true and made masks the same, so its gradient says nothing about what is
 * wrong with a mask; a perfect segmenter would look the same. `balanced` is everything between.
 */
export type DiscriminatorStatus = 'balanced' | 'saturated' | 'collapsed'

/** A discriminator that is right about so many masks, with probabilities this near to 0 and 1, is sure. */
const SURE = { accuracy: 0.99, probability: 0.95 } as const

/** Probabilities of true and made masks that are nearer to each other are the same. */
const SAME = 0.02

/** The epochs at the end of training that a warning looks at. */
const LAST = 10

/**
 * The status of the discriminator over an epoch of an adversarial phase.
 *
 * @param train - what the epoch reported
 * @returns nothing for an epoch without a discriminator
 *
 * @example
 * ```ts
 * import { discriminatorStatus } from '@deepstruct/adversarial'
 *
 * discriminatorStatus({
 *   'discriminator.accuracy': 1,
 *   'discriminator.ofTruth': 0.99,
 *   'discriminator.ofMade': 0.004,
 * }) // saturated
 * ```
 */
export function discriminatorStatus(train: Metrics): DiscriminatorStatus | undefined {
  const accuracy = train['discriminator.accuracy']
  const ofTruth = train['discriminator.ofTruth']
  const ofMade = train['discriminator.ofMade']
  if (accuracy === undefined || ofTruth === undefined || ofMade === undefined) return undefined
  const sure = ofTruth >= SURE.probability && ofMade <= 1 - SURE.probability
  if (accuracy >= SURE.accuracy && sure) return 'saturated'
  return Math.abs(ofTruth - ofMade) < SAME ? 'collapsed' : 'balanced'
}

/**
 * Sentences that tell a user of a discriminator that was saturated or collapsed in half or more of the last ten epochs.
 *
 * @param history - of a training
 */
export function discriminatorWarnings(history: readonly EpochRecord[]): readonly string[] {
  const last = history
    .flatMap(({ train }) => {
      const status = discriminatorStatus(train)
      return status === undefined ? [] : [{ status, train }]
    })
    .slice(-LAST)
  const told = (['saturated', 'collapsed'] as const).map((status) => {
    const such = last.filter((epoch) => epoch.status === status)
    const example = such.at(-1)
    if (example === undefined || such.length * 2 < last.length) return undefined
    const probability = (name: string): string => (example.train[name] ?? NaN).toFixed(3)
    return `the discriminator was ${status} in ${such.length} of the last ${last.length} epochs: at last it took true masks for true with probability ${probability('discriminator.ofTruth')}, and made ones with ${probability('discriminator.ofMade')}; ${advice[status]}`
  })
  return told.filter((text) => text !== undefined)
}

const advice = {
  saturated: 'a smaller rate of it, fewer of its steps or a smaller truth mass may help',
  collapsed: 'a larger rate of it or more of its steps may help',
} as const
