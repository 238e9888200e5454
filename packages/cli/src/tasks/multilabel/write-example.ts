/** Which scores a prediction lists: of every label, of the predicted ones, or none. */
export type ListedScores = 'all' | 'labels' | 'none'

/** What is known of a predicted example. */
export interface Predicted {
  /** The id it came with, else the number of its line. */
  readonly id: unknown
  /** The scores of all labels. */
  readonly scores: ArrayLike<number>
  /** The energy of the prediction; lower is better. */
  readonly energy: number
  /** How the search ended. */
  readonly status: string
}

/**
 * Makes lines `{"id", "labels", "scores", "energy", "status"}`. Numbers are rounded: scores to 6 decimals, energies to 7 digits.
 *
 * @param labelNames - by position
 * @param threshold - labels with a score above it are predicted
 */
export function exampleWriter(
  labelNames: readonly string[],
  threshold: number,
  listed: ListedScores,
): (predicted: Predicted) => string {
  // Quoted once: formatting is a good part of the time of a fast model.
  const names = labelNames.map((name) => JSON.stringify(name))
  return ({ id, scores, energy, status }) => {
    let labels = ''
    let list = ''
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string
      const score = scores[i] as number
      const isPredicted = score > threshold
      if (isPredicted) labels += labels === '' ? name : `,${name}`
      if (listed === 'none' || (listed === 'labels' && !isPredicted)) continue
      list += `${list === '' ? '' : ','}${name}:${jsonNumber(Math.round(score * 1e6) / 1e6)}`
    }
    const scored = listed === 'none' ? '' : `"scores":{${list}},`
    const rounded = jsonNumber(Number(energy.toPrecision(7)))
    return `{"id":${JSON.stringify(id)},"labels":[${labels}],${scored}"energy":${rounded},"status":"${status}"}\n`
  }
}

/** A number as JSON has it. */
export function jsonNumber(value: number): string {
  return Number.isFinite(value) ? String(value) : 'null'
}
