import type { ImageDataset } from '@deepstruct/datasets'
import { fraction } from '../../output/number.ts'
import { comparisonPlot } from '../../report/comparison-plot.ts'
import { writeComparisonReport } from '../../report/comparison-report.ts'
import { htmlTable, type Section } from '../../report/page.ts'
import type { ComparedModel } from '../../train/train-contenders.ts'
import type { SegmentationProblem } from './segmentation-problem.ts'
import type { MaskReport } from './segmentation-report.ts'

/** A model of a comparison with its metrics on the test images. */
export interface Result extends ComparedModel<'segmentation', SegmentationProblem, ImageDataset> {
  /** The metrics. */
  readonly report: MaskReport
}

/** Writes the page of the demonstration. */
export async function writeDemoReport(path: string, results: readonly Result[]): Promise<void> {
  await writeComparisonReport(
    path,
    { title: 'An object under noise', summary: 'Synthetic images of an ellipse under noise.' },
    comparisonSection(results),
    results,
  )
}

/** The results of models of masks side by side. */
function comparisonSection(results: readonly Result[]): Section {
  return {
    title: 'Comparison',
    note: 'Mean IoU on the test images, at the threshold that was best on held-out training images.',
    body: [
      comparisonPlot(
        'mean IoU on the test images',
        'mean IoU',
        results.map(({ name, report }) => ({ name, value: report.atThreshold.iou.mean })),
      ),
      htmlTable(
        ['', 'mean IoU @ dev threshold', 'mean IoU @ 0.5', 'pixels that are right'],
        results.map(({ name, report }) => [
          name,
          fraction(report.atThreshold.iou.mean),
          fraction(report.iou.mean),
          fraction(report.pixelAccuracy),
        ]),
      ),
    ],
  }
}
