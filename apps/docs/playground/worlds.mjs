// The two small worlds of the playground. The script that trains the models and the page draw from the same ones.

/** @typedef {import('@deepstruct/tensor').Random} Random */
/** @typedef {{ x: number[], y: number[] }} Example what is seen, and what is so */

/** What a photograph can show. */
export const labelNames = ['beach', 'sea', 'sun', 'snow', 'ski', 'mountain', 'city', 'night']

/** Kinds of photographs: how probable each label is in one. */
const kinds = [
  [0.95, 0.95, 0.8, 0, 0, 0.05, 0.05, 0.05],
  [0, 0, 0.5, 0.95, 0.8, 0.95, 0, 0.02],
  [0.02, 0.1, 0.02, 0.05, 0, 0.02, 0.98, 0.95],
  [0, 0.1, 0.7, 0.1, 0.02, 0.95, 0, 0.02],
]

/** How far the evidence of a label is from ±1, and how often there is none at all. */
const noise = { labels: 0.9, pixels: 0.7, missing: 0.3 }

const happens = (random, probability) => random.uniform() < probability
const between = (random, low, high) => low + Math.floor(random.uniform() * (high - low + 1))
const gaussian = (random) => random.normals([1]).data[0]

/**
 * A photograph: evidence for each label, 0 where there is none, and its labels.
 *
 * @param {Random} random
 * @returns {Example}
 */
export function drawScene(random) {
  const kind = kinds[between(random, 0, kinds.length - 1)]
  const y = kind.map((probability) => (happens(random, probability) ? 1 : 0))
  const x = y.map((label) =>
    happens(random, noise.missing) ? 0 : 2 * label - 1 + noise.labels * gaussian(random),
  )
  return { x, y }
}

/** Width and height of the masks, in pixels. */
export const side = 12

/**
 * A mask of one filled rectangle or ellipse, and a noisy image of it in which a patch is missing.
 *
 * @param {Random} random
 * @returns {Example} each row by row
 */
export function drawShape(random) {
  const width = between(random, 4, 9)
  const height = between(random, 4, 9)
  const left = between(random, 0, side - width)
  const top = between(random, 0, side - height)
  const round = happens(random, 0.5)
  const patch = { left: between(random, 0, side - 4), top: between(random, 0, side - 4) }
  const y = []
  const x = []
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const u = (2 * (column - left + 0.5)) / width - 1
      const v = (2 * (row - top + 0.5)) / height - 1
      const inside = round ? u * u + v * v <= 1 : Math.max(Math.abs(u), Math.abs(v)) <= 1
      const hidden =
        column >= patch.left && column < patch.left + 4 && row >= patch.top && row < patch.top + 4
      y.push(inside ? 1 : 0)
      x.push(hidden ? 0 : (inside ? 1 : -1) + noise.pixels * gaussian(random))
    }
  return { x, y }
}
