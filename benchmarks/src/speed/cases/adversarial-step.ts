import { adversarialPhase, type AdversarialState, maskDiscriminator } from '@deepstruct/adversarial'
import { type ConvolutionParams, fcn } from '@deepstruct/networks'
import { filled, type Host, type NDArray, random } from '@deepstruct/tensor'
import { adam } from '@deepstruct/training'
import type { Case } from '../case.ts'
import { stepWork } from '../work.ts'

const batch = 16
const size = 32
const segmenter = fcn({ inputs: 3 })
const discriminator = maskDiscriminator({ inputs: 3 })

/**
 * A training step against a discriminator: masks are made, the discriminator moves, then the segmenter, each by Adam. What is compared is the
 * loss of the discriminator, which depends on both.
 */
export function adversarialStep(): Case {
  const settings = { rate: 1e-4, weight: 0.1, truthMass: 0.9 }
  const draw = random(1)
  const parameters: Host<AdversarialState> = {
    statistics: { mean: filled([3], 0), deviation: filled([3], 1) },
    network: segmenter.init(draw),
    discriminator: discriminator.init(draw),
  }
  const x = draw.uniforms([batch, size, size, 3])
  const y = draw.uniforms([batch, size, size])
  for (const [i, value] of y.data.entries()) y.data[i] = Math.round(value)
  const optimizer = adam({ rate: settings.rate })
  // Everybody sees the images as they are, not mirrored at random.
  const { batch: _, ...phase } = adversarialPhase(segmenter, discriminator, {
    epochs: 1,
    crops: { height: size, width: size },
    weight: settings.weight,
    truthMass: settings.truthMass,
    segmenter: { optimizer },
    discriminator: { optimizer },
  })
  return {
    name: 'adversarial-step',
    batches: [batch],
    settings,
    arrays: { x, y, ...arraysOf(parameters) },
    comparable: true,
    work: () => Promise.resolve(stepWork(phase, parameters, { x, y }, batch)),
  }
}

/** Parameters by the names that peers use: a letter for the kernels of each part and two for the intercepts, then the layer. */
function arraysOf({
  network,
  discriminator: adversary,
}: Host<AdversarialState>): Record<string, NDArray> {
  const parts: Readonly<Record<string, readonly Host<ConvolutionParams>[]>> = {
    f: network.convolutions,
    u: network.upsampling.map(({ up }) => up),
    s: network.upsampling.map(({ skip }) => skip),
    o: [network.output],
    d: [...adversary.convolutions, adversary.output],
  }
  return Object.fromEntries(
    Object.entries(parts).flatMap(([part, layers]) =>
      layers.flatMap(({ kernel, bias }, i) => [
        [`${part}${i}`, kernel],
        ...(bias === undefined ? [] : [[`${part}b${i}`, bias]]),
      ]),
    ),
  ) as Record<string, NDArray>
}
