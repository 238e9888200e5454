import type { Graph } from '../graph/graph.ts'
import { computedBy, repeatedElement, type Value, type ValueType } from '../graph/value.ts'
import { reshape } from '../kernels/compose.ts'
import { type Application, sameShape } from './application.ts'

/** Reshapes, transpositions, expansions and casts that do nothing, are one, or can be done to constants. */
export function joinRearrangements(
  graph: Graph,
  { op, inputs, type, attributes }: Application,
): Value | undefined {
  const x = inputs[0]!
  switch (op) {
    case 'Reshape': {
      if (sameShape(x.shape, type.shape)) return x
      const earlier = computedBy(x, 'Reshape')
      if (earlier) return graph.node('Reshape', [earlier.inputs[0], inputs[1]], type, attributes)
      const column = columnProduct(graph, x, type)
      if (column) return column
      // Casts come last, where comparisons undo them.
      const cast = computedBy(x, 'Cast')
      if (!cast) return undefined
      const from = cast.inputs[0]!
      const reshaped = graph.node(
        'Reshape',
        [from, inputs[1]],
        { shape: type.shape, dtype: from.dtype },
        attributes,
      )
      return graph.node('Cast', [reshaped], type, cast.attributes)
    }
    case 'Transpose': {
      const perm = attributes['perm'] as readonly number[]
      if (perm.every((axis, i) => axis === i)) return x
      const earlier = computedBy(x, 'Transpose')
      if (!earlier) {
        // Axes of extent 1 may move without the elements; open ones are never 1.
        const moved = perm.filter((axis) => x.shape[axis] !== 1)
        return moved.every((axis, i) => i === 0 || axis > moved[i - 1]!)
          ? reshape(graph, x, type.shape)
          : undefined
      }
      const first = earlier.attributes['perm'] as readonly number[]
      const both = perm.map((axis) => first[axis]!)
      return graph.node('Transpose', [earlier.inputs[0]], type, { perm: both })
    }
    case 'Expand': {
      if (sameShape(x.shape, type.shape)) return x
      const earlier = computedBy(x, 'Expand')?.inputs[0] ?? withoutLeadingOnes(x)
      return earlier && graph.node('Expand', [earlier, inputs[1]], type)
    }
    case 'Cast': {
      // From a truth value through a number.
      const earlier = computedBy(x, 'Cast')
      const from = earlier?.inputs[0]
      if (from?.dtype === 'bool')
        return from.dtype === type.dtype ? from : graph.node('Cast', [from], type, attributes)
      const choice = computedBy(x, 'Where')
      const [condition, ...numbers] = choice?.inputs ?? []
      const elements = numbers.map(repeatedElement)
      if (choice === undefined || elements.includes(undefined)) return undefined
      const cast = numbers.map((number) =>
        graph.node('Cast', [number], { shape: number!.shape, dtype: type.dtype }, attributes),
      )
      return graph.node('Where', [condition, ...cast], type)
    }
    default:
      return undefined
  }
}

/** A product with a column, without the column's axis: a product with a vector. */
function columnProduct(graph: Graph, x: Value, type: ValueType): Value | undefined {
  const [matrix, column] = computedBy(x, 'MatMul')?.inputs ?? []
  if (!matrix || !column || matrix.shape.length !== 2 || column.shape.length !== 2) return undefined
  const [rows, inner] = matrix.shape as [number, number]
  // ONNX Runtime 1.30 multiplies a transposed matrix and a vector wrongly.
  if (computedBy(matrix, 'Transpose') || !sameShape(type.shape, [rows]) || column.shape[1] !== 1)
    return undefined
  return graph.node('MatMul', [matrix, reshape(graph, column, [inner])], type)
}

/** What a value was before leading axes of extent 1 were added, which expansion adds itself. */
function withoutLeadingOnes(x: Value): Value | undefined {
  const from = computedBy(x, 'Reshape')?.inputs[0]
  if (from === undefined || from.shape.length >= x.shape.length) return undefined
  const lead = x.shape.length - from.shape.length
  return x.shape.slice(0, lead).every((extent) => extent === 1) &&
    sameShape(x.shape.slice(lead), from.shape)
    ? from
    : undefined
}
