import { jit, type NDArray, type Tensor } from '@deepstruct/tensor'
import type { Labeled, Parameters } from '@deepstruct/training'
import { solverOf } from '../../model/solver-of.ts'
import { short } from '../../output/number.ts'
import { type Html, html } from '../../report/html.ts'
import { htmlTable, type Section } from '../../report/page.ts'
import { maskPicture } from './mask-picture.ts'
import { picture } from './pictures.ts'
import { rowOf } from './row-of.ts'
import type { SegmentationPredictions } from './segmentation-problem.ts'

/** The pictures of an image stand side by side on a page. */
const NARROW = 72

/**
 * Masks before and after the adversary beside the truth, with what the discriminator thinks of the parts of each; nothing for families without an
 * earlier stage.
 *
 * @param rows - the examples that are shown
 */
export async function adversarySections(
  { model, data }: Pick<SegmentationPredictions, 'model' | 'data'>,
  rows: readonly number[],
): Promise<readonly Section[]> {
  const { family, settings, problem, parameters } = model
  const { earlier, judge } = family
  if (earlier === undefined) return []
  const solve = solverOf(model)
  const solveEarlier = earlier.solve(settings, problem.sizes)
  const judgeOf = judge?.(settings, problem.sizes)
  const run = jit(
    (params: Parameters, { x, y }: Labeled) => {
      const masks = { truth: y, before: solveEarlier(params, x).y, after: solve(params, x).y }
      if (judgeOf === undefined) return { masks, views: undefined }
      const view = (mask: Tensor): Tensor => judgeOf(params, { x, y: mask })
      const { truth, before, after } = masks
      return { masks, views: { truth: view(truth), before: view(before), after: view(after) } }
    },
    { name: 'adversary' },
  )
  const shown = data.subset(rows)
  const { masks, views } = await run(parameters, { x: shown.images, y: shown.masks })
  const columns = ['truth', 'before', 'after'] as const
  const titles = { truth: 'truth', before: earlier.name, after: family.name } as const
  return [
    {
      title: 'Before and after',
      note: `Each mask, and under it what the discriminator thinks of its parts: the brighter, the more it takes them for true; beside it the mean. White, 1, is true and black, 0, is made.`,
      body: [
        htmlTable(
          ['', 'input', ...columns.map((column) => titles[column])],
          shown.names.map((name, row) => [
            name,
            picture(rowOf(shown.images, row), NARROW),
            ...columns.map((column) =>
              strip(
                rowOf(masks[column], row),
                views === undefined ? undefined : rowOf(views[column], row),
              ),
            ),
          ]),
        ),
      ],
    },
  ]
}

/** A mask, and under it the view of the discriminator. */
function strip(mask: NDArray, view: NDArray | undefined): Html {
  if (view === undefined) return maskPicture(mask, NARROW)
  const mean = Array.from(view.data).reduce((total, value) => total + value, 0) / view.data.length
  return html`${maskPicture(mask, NARROW)}<br />${picture(view, NARROW / 2)} ${short(mean)}`
}
