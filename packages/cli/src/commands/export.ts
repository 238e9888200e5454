import { cast, greater, type Tensor } from '@deepstruct/tensor'
import { z } from 'zod'
import { openModel } from '../model/open-model.ts'
import { readOptions, type Values } from '../options/read-options.ts'
import { writeAll } from '../output/write-all.ts'
import { tasks } from '../tasks/tasks.ts'
import { requireWritable } from '../train/file-places.ts'
import { version } from '../version.ts'
import type { CommandContext, CommandDefinition } from './command.ts'
import { jsonOption, modelFileOption } from '../options/shared-options.ts'

const schema = z.strictObject({
  modelFile: modelFileOption,
  out: z.string().describe('where the ONNX file goes').meta({ placeholder: 'file.onnx' }),
  batch: z.int().positive().exactOptional().describe('rows of every call (default: any number)'),
  json: jsonOption,
})

/** Writes a model as one ONNX file. */
export const exportModel: CommandDefinition = {
  name: 'export',
  description: 'write a model, with its inference, as one ONNX file that any ONNX runtime executes',
  options: schema,
  run,
}

async function run(
  values: Values,
  config: Values,
  { io, families }: CommandContext,
): Promise<number> {
  const { modelFile, out, batch, json } = readOptions(schema, values, config)
  await requireWritable({ '--out': out })
  const model = await openModel(modelFile, families)
  const { family, threshold, parameters } = model
  const { solve, shape, dtype, decode, inputs, labels } = tasks[family.task].exported(model)
  // Tracing takes a while to load.
  const { exportPredictor } = await import('@deepstruct/onnx/node')
  const bytes = await exportPredictor(
    { solve, params: parameters, threshold, ...(labels !== undefined && { labels }) },
    out,
    {
      x: { shape, ...(dtype !== undefined && { dtype }) },
      ...(batch !== undefined && { batch }),
      decode: decode ?? ((y: Tensor) => cast(greater(y, threshold), 'int32')),
      createdBy: version,
      metadata: {
        task: family.task,
        family: family.name,
        inputs: JSON.stringify({ x: inputs }),
      },
    },
  )
  const facts = { family: family.name, out, bytes, batch: batch ?? null }
  const rows = batch === undefined ? 'any number of rows' : `${batch} rows`
  await writeAll(
    io.stdout,
    json ? `${JSON.stringify(facts)}\n` : `wrote ${out}: ${family.name}, ${rows}, ${bytes} bytes\n`,
  )
  return 0
}
