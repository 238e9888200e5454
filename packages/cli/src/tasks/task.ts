import type { TracedSolution } from '@deepstruct/inference'
import type { DType, Host, ModelFileError, Tensor } from '@deepstruct/tensor'
import type {
  Dataset,
  Family,
  JsonObject,
  Labeled,
  ModelFile,
  NewModelFile,
  Parameters,
  Problems,
  Scored,
  Task,
} from '@deepstruct/training'
import type { z } from 'zod'
import type { Io } from '../io.ts'
import type { Values } from '../options/read-options.ts'
import type { ProgressReporter } from '../output/progress.ts'
import type { Section } from '../report/page.ts'

/** What data say of a problem, and a model file keeps of it. Each task adds what it needs: names of labels, statistics. */
export interface Problem<T extends Task = Task> {
  /** What a family is told. */
  readonly sizes: Problems[T]
}

/** Examples as a model of the task takes them. */
export type Examples = Dataset<Host<Labeled>>

/** A trained model with its family: what evaluation and prediction need. */
export interface UsableModel<T extends Task = Task, Q extends Problem<T> = Problem<T>> {
  /** The family. */
  readonly family: Family<T>
  /** Its settings. */
  readonly settings: JsonObject
  /** What the training data said. */
  readonly problem: Q
  /** What has a score above it is predicted. */
  readonly threshold: number
  /** The trained parameters. */
  readonly parameters: Host<Parameters>
}

/** Training examples with the held-out ones apart. */
export interface TrainingData<Q extends Problem = Problem, D extends Examples = Examples> {
  /** What they say of the problem. */
  readonly problem: Q
  /** To train on. */
  readonly train: D
  /** To measure on. */
  readonly dev: D
}

/** Training data that were loaded as the command line says. */
export interface LoadedTraining<
  Q extends Problem = Problem,
  D extends Examples = Examples,
> extends TrainingData<Q, D> {
  /** Of the training examples as they stand in their files. */
  readonly digest: string
  /** What else decides the course of a run, by option key or in words; a run is resumed only where it is the same. */
  readonly course: Values
}

/** Predictions of a data set with the truth. */
export interface Predicted extends Scored {
  /** Seconds that prediction took, loading excluded. */
  readonly seconds: number
}

/** A model and what it predicted. */
export interface Predictions<
  T extends Task = Task,
  Q extends Problem<T> = Problem<T>,
  D extends Examples = Examples,
> {
  /** The model. */
  readonly model: UsableModel<T, Q>
  /** Its scores with the truth. */
  readonly predicted: Predicted
  /** The examples. */
  readonly data: D
}

/** A column of a table of metrics: its title, a value, and how values of it are written. */
export type Column = readonly [title: string, value: number, write: (value: number) => string]

/** Metrics of predictions. */
export interface Report {
  /** For programs: plain data. */
  readonly facts: Readonly<Record<string, unknown>> & {
    /** The number of examples. */
    readonly examples: number
  }
  /** For people: columns of a table. */
  readonly columns: readonly Column[]
}

/** What of a model goes into an ONNX file. */
interface Exported {
  /** What runs, for inputs as they stand in the data. */
  solve(params: Parameters, x: Tensor): TracedSolution
  /** The shape of the inputs; how many rows does not matter. */
  readonly shape: readonly number[]
  /** Their dtype; default float32. */
  readonly dtype?: DType
  /** The structures that outputs stand for; default what has a score above the threshold. */
  readonly decode?: (y: Tensor) => Tensor
  /** What the inputs are, for whoever reads the file. */
  readonly inputs: string
  /** The names of the labels, where outputs have names. */
  readonly labels?: readonly string[]
}

/** What a task gets to load training examples. */
export interface LoadingContext<M> {
  /** Decides which examples are held out. */
  readonly seed: number
  /** The model that training starts from. */
  readonly initial: M | undefined
  /** Tells of downloads. */
  readonly progress: ProgressReporter
}

/** The options of commands that only make sense for one task; where several tasks have one of the same name, it is one option. */
export interface TaskOptions {
  /** Where training examples come from. */
  readonly train: z.ZodObject
  /** Where examples to measure on come from. */
  readonly evaluate: z.ZodObject
  /** What is read and written in prediction. */
  readonly predict: z.ZodObject
}

/** How a demonstration is run. */
export interface DemoOptions {
  /** The page to write. */
  readonly report: string
  /** Of everything random. */
  readonly seed: number
  /** Whether results are for programs. */
  readonly json: boolean
  /** Whether progress is left out. */
  readonly quiet: boolean
}

/**
 * What the commands know of a task: its data, its metrics, its pictures. `T` is the name of the task, `Q` what its model files keep
 * of a problem, `D` its data. A further task is a further folder beside this file, and a line in the list of tasks.
 */
export interface TaskDefinition<
  T extends Task = Task,
  Q extends Problem<T> = Problem<T>,
  D extends Examples = Examples,
> {
  /** Its name on the command line and in model files. */
  readonly name: T
  /** What it adds to the commands. */
  readonly options: TaskOptions
  /** The published data sets that have a name. */
  readonly published: readonly string[]
  /** Examples that are predicted at once where nobody says otherwise. */
  readonly batchSize: number
  /** Loads what the options name, and holds the dev examples out. */
  loadTraining(
    options: Values,
    context: LoadingContext<UsableModel<T, Q>>,
  ): Promise<LoadedTraining<Q, D>>
  /**
   * The options of `evaluate` that name the test examples of a comparison.
   *
   * @param test - its `--test`, where test examples have a place of their own
   * @param options - its other options: those of `train`
   * @throws {@link UsageError} when neither names any
   */
  testSource(test: string | undefined, options: Values): Values
  /** Loads examples to measure a model on. */
  loadTest(options: Values, problem: Q, progress: ProgressReporter): Promise<D>
  /** Checks that a family serves the problem, where not every family of the task does; throws {@link UsageError}. */
  requireServed?(family: Family<T>, problem: Q): void
  /** The problem in a few words: `103 features, 14 labels`. */
  describe(problem: Q): string
  /** What a model file keeps of the problem. */
  fileOf(problem: Q): Pick<NewModelFile, 'inputs' | 'labelNames'>
  /** The problem that a model file was made for; throws what `refuse` makes when the file does not say. */
  problemOf(
    file: ModelFile,
    refuse: (argument: string, got: string, expected: string) => ModelFileError,
  ): Q
  /** The threshold that is best for predictions of held-out examples. */
  chooseThreshold(predicted: Predicted): number
  /** Metrics of predictions of these examples. */
  measure(predicted: Predicted, threshold: number, data: D): Report
  /** What an HTML report says of predictions, the results first. */
  sections(predictions: Predictions<T, Q, D>): Promise<readonly Section[]>
  /** Predicts what has no truth; resolves to the exit code. */
  predict(model: UsableModel<T, Q>, options: Values, io: Io): Promise<number>
  /** What of a model goes into an ONNX file. */
  exported(model: UsableModel<T, Q>): Exported
  /** Trains and compares models on synthetic data, in under a minute; resolves to the exit code. */
  demo(options: DemoOptions, families: readonly Family<T>[], io: Io): Promise<number>
}
