import { z } from 'zod'
import { MODEL_FORMAT, type ModelFile } from './model-file.ts'

/** The metadata key of a safetensors file that holds the description of the model, as JSON. */
export const DESCRIPTION = 'deepstruct'

const perFeature = z.array(z.number())

const inputs = z
  .object({
    count: z.int().positive(),
    shape: z.array(z.int().positive()).min(1).exactOptional(),
    standardizer: z
      .discriminatedUnion('kind', [
        z.object({ kind: z.literal('identity') }),
        z.object({
          kind: z.literal('affine'),
          mean: perFeature,
          scale: z.array(
            z.number().refine((value) => value !== 0, 'expected a number other than 0'),
          ),
        }),
      ])
      .exactOptional(),
    vocabularies: z
      .array(
        z.object({
          feature: z.string().min(1),
          values: z
            .array(z.string())
            .refine((values) => new Set(values).size === values.length, 'expected each value once'),
        }),
      )
      .exactOptional(),
  })
  .refine(
    ({ count, standardizer }) =>
      standardizer?.kind !== 'affine' ||
      (standardizer.mean.length === count && standardizer.scale.length === count),
    { path: ['standardizer'], message: 'expected one mean and one scale for each input' },
  )
  .refine(
    ({ count, shape }) =>
      shape === undefined || shape.reduce((product, extent) => product * extent, 1) === count,
    { path: ['shape'], message: 'expected extents whose product is count' },
  )
  .refine(
    ({ count, vocabularies }) => vocabularies === undefined || vocabularies.length === count,
    { path: ['vocabularies'], message: 'expected one vocabulary for each id of a token' },
  )

/** A model file without its parameters, which are tensors of the file. */
export type Description = Omit<ModelFile, 'parameters'>

/** What is checked first, so that a newer file is told from a broken one. */
export const versionSchema: z.ZodType<{ format: number }> = z.object({ format: z.int().positive() })

/** The description of format 1. Unknown fields are dropped: a later release may add some without a new format. */
export const descriptionSchema: z.ZodType<Description> = z.object({
  format: z.literal(MODEL_FORMAT),
  // The first release knew no other task and did not say.
  task: z.string().min(1).default('multilabel'),
  family: z.string().min(1),
  configuration: z.record(z.string(), z.json()),
  labelNames: z
    .array(z.string())
    .refine((names) => new Set(names).size === names.length, 'expected each name once')
    .exactOptional(),
  inputs,
  threshold: z.number(),
  dataDigest: z.string(),
  createdBy: z.string(),
})
