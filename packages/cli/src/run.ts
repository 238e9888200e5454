import { Command, CommanderError } from 'commander'
import type { AnyFamily } from '@deepstruct/training'
import type { CommandContext, CommandDefinition } from './commands/command.ts'
import { compare } from './commands/compare.ts'
import { demo } from './commands/demo.ts'
import { evaluate } from './commands/evaluate.ts'
import { exportModel } from './commands/export.ts'
import { info } from './commands/info.ts'
import { predict } from './commands/predict.ts'
import { train } from './commands/train.ts'
import { errorLine, isBrokenPipe, UsageError } from './errors.ts'
import { families as everyFamily } from './families.ts'
import type { Io } from './io.ts'
import { addOptions, addTaskOptions } from './options/add-options.ts'
import { chooseFamily, servedBy } from './options/choose-family.ts'
import { readConfig } from './options/read-config.ts'
import { camelCase, type Values } from './options/read-options.ts'
import { version } from './version.ts'

/**
 * The `deepstruct` command as a function.
 *
 * @param args - the arguments after the command's name
 * @param families - the model families it offers
 * @returns the exit code: 0, 1 after an error, 2 for a wrong command line, 130 after an interruption
 */
export async function run(
  args: readonly string[],
  io: Io,
  families: readonly AnyFamily[] = everyFamily,
): Promise<number> {
  const context: CommandContext = { io, families, args }
  try {
    let exitCode = 0
    const program = await deepstruct(context, (code) => {
      exitCode = code
    })
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (isBrokenPipe(error)) return 0
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    io.stderr.write(`error: ${errorLine(error, io.env)}\n`)
    if (!(error instanceof UsageError)) return 1
    io.stderr.write(`deepstruct ${knownCommand(args)}--help shows the options\n`)
    return 2
  }
}

/** The command with its subcommands; `exit` learns the exit code. */
async function deepstruct(context: CommandContext, exit: (code: number) => void): Promise<Command> {
  const { io, families, args } = context
  const program = new Command('deepstruct')
    .description('Deep structured prediction: train energy networks, evaluate them, predict')
    .version(version, '-V, --version', 'print the release')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    })
    .showHelpAfterError('(--help shows the options)')

  const { family, help } = await chosenFamily(args, families)
  const add = (definition: CommandDefinition): Command => {
    const command = program.command(definition.name).description(definition.description)
    addOptions(command, definition.options, 'Options:')
    if (definition.taskOptions !== undefined) addTaskOptions(command, definition.taskOptions)
    command
      .option('--config <file.json>', 'take options from a JSON object; the command line wins')
      .action(async () => {
        const { config, ...values } = command.opts<{ config?: string }>()
        const [file] = command.args
        exit(
          await definition.run(
            file === undefined ? values : { ...values, modelFile: file },
            config === undefined ? {} : await readConfig(config),
            { ...context, ...(family === undefined ? {} : { family }) },
          ),
        )
      })
    return command
  }

  const training = add(train).addHelpText('after', help)
  if (family !== undefined) addOptions(training, family.settings, `Settings of ${family.name}:`)
  add(compare)
  add(evaluate)
  add(predict)
  add(exportModel).argument('[model-file]', 'the same as --model-file')
  add(demo)
  add(info).argument('[model-file]', 'the same as --model-file')
  return program
}

/**
 * The family that `train` is asked for, on the command line or in the configuration file. It has to be known before the options are
 * read, since its settings are options.
 */
async function chosenFamily(
  args: readonly string[],
  families: readonly AnyFamily[],
): Promise<{ readonly family?: AnyFamily; readonly help: string }> {
  const list = families
    .map(({ name, summary, task }) => `  ${name}  ${summary} (${task})`)
    .join('\n')
  const help = `\nModel families (train --model NAME --help shows the settings of one):\n${list}`
  const given = args[0] === 'train' ? await trainingOptions(args.slice(1)) : {}
  if (typeof given['model'] !== 'string') return { help }
  const [family, ...others] = chooseFamily(families, given['model'], given)
  if (family === undefined || others.length === 0) return family ? { family, help } : { help }
  const choice = `${family.name} serves ${servedBy([family, ...others])}`
  if (args.includes('--help') || args.includes('-h'))
    return { help: `${help}\n${choice}: add --task NAME to see the settings` }
  throw new UsageError(`the option --task is missing: ${choice}`)
}

/** What the command line of `train` and its configuration file say, as far as it can be read without knowing the family. */
async function trainingOptions(args: readonly string[]): Promise<Values> {
  const scan = new Command()
    .option('--config <file>')
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
  addOptions(scan, train.options, '')
  addTaskOptions(scan, 'train')
  try {
    scan.parse(args, { from: 'user' })
  } catch (error) {
    // A value is missing; the command itself will say so.
    if (error instanceof CommanderError) return {}
    throw error
  }
  const { config, ...values } = scan.opts<{ config?: string }>()
  if (config === undefined) return values
  const fromFile = Object.entries(await readConfig(config))
  return {
    ...Object.fromEntries(fromFile.map(([key, value]) => [camelCase(key), value])),
    ...values,
  }
}

function knownCommand(args: readonly string[]): string {
  const [command = ''] = args
  return command === '' || command.startsWith('-') ? '' : `${command} `
}
