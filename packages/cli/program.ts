/** The verbs as a commander program: parsing, help, suggestions for what was mistyped. */
import { Command, CommanderError, Option as CommanderOption } from 'commander';
import { EXIT, Refusal } from './io/exit.ts';
import type { Io } from './io/io.ts';
import { wrap } from './look/section.ts';
import { type Argument, flagOf, type Option, type Verb } from './verb.ts';
import { VERBS } from './verbs/index.ts';
import { VERSION } from './version.ts';

const EPILOGUE = `
Start with:
  noroshi analyze capture.pcap      what is in a capture
  noroshi simulate --out demo.pcap  a capture to try it on
  noroshi help marks                what our words mean

Every verb has --help with examples; those that tell something have --json with documented names.
Exit codes: ${exitLine()}.`;

function exitLine(): string {
  return Object.entries(EXIT)
    .map(([name, { code }]) => `${code} ${name}`)
    .join(', ');
}

/** Parses the arguments and runs the verb they name; its exit code. */
export async function runProgram(io: Io, argv: readonly string[]): Promise<number> {
  let code: number = EXIT.ok.code;
  const program = commandOf(io, async (verb, args, values) => {
    code = await verb.run(io, args, values);
  });
  try {
    await program.parseAsync(argv.length === 0 ? ['--help'] : argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw new Refusal('usage', `Cannot understand the command line: ${plain(error.message)}`);
  }
  return code;
}

/** `error: unknown option '--tpo'\n(Did you mean --top?)` → `unknown option '--tpo' (did you mean --top?)`. */
function plain(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/\n\(Did/, ' (did')
    .trim();
}

type Run = (verb: Verb, args: readonly string[], values: Readonly<Record<string, unknown>>) => Promise<void>;

function commandOf(io: Io, run: Run): Command {
  const program = dressed(new Command('noroshi'), io)
    .description('Noroshi 狼煙: from captured packets to what they say about scans, bots and attacks.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpCommand(false)
    .addHelpText('after', EPILOGUE);
  for (const verb of VERBS) program.addCommand(subcommandOf(verb, io, run));
  return program;
}

function subcommandOf(verb: Verb, io: Io, run: Run): Command {
  const command = dressed(new Command(verb.name), io).description(verb.sentence);
  if (verb.argument !== undefined) command.argument(usageOf(verb.argument), verb.argument.sentence);
  for (const [key, option] of Object.entries(verb.options)) {
    command.addOption(optionOf(key, option));
    if (option.formerly !== undefined) command.addOption(optionOf(option.formerly, option).hideHelp().conflicts(key));
  }
  command.addHelpText('after', examplesOf(verb, io.width));
  command.action(() => run(verb, command.args, valuesOf(verb, command.opts())));
  return command;
}

function dressed(command: Command, io: Io): Command {
  return command
    .exitOverride()
    .helpOption('-h, --help', 'this help')
    .configureOutput({
      writeOut: (text) => io.out.write(text),
      writeErr: () => {},
      outputError: () => {},
      getOutHelpWidth: () => io.width,
      getOutHasColors: () => true,
    })
    .configureHelp({ styleTitle: (text) => io.style.bold(text), styleCommandText: (text) => io.style.bold(text) });
}

function usageOf({ name, takes }: Argument): string {
  if (takes === 'one') return `<${name}>`;
  return takes === 'some' ? `<${name}...>` : `[${name}...]`;
}

function optionOf(key: string, option: Option<unknown>): CommanderOption {
  const flags = option.value === '' ? flagOf(key) : `${flagOf(key)} ${option.value}`;
  const shown = option.initially === '' ? '' : ` (default ${option.initially})`;
  const result = new CommanderOption(flags, option.sentence + shown);
  if (option.value !== '') result.argParser((text, before) => readOption(key, option, text, before));
  return result;
}

function readOption(key: string, option: Option<unknown>, text: string, before: unknown): unknown {
  try {
    return option.read(text, before ?? option.fallback);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal('usage', `Cannot read ${flagOf(key)}: ${error.message}`);
  }
}

function valuesOf(verb: Verb, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(verb.options).map(([key, { fallback, formerly = key }]) => [
      key,
      given[key] ?? given[formerly] ?? fallback,
    ]),
  );
}

function examplesOf({ examples, note, listing }: Verb, width: number): string {
  const lines = ['', 'Examples:'];
  for (const [command, sentence] of examples) lines.push(`  ${command}`, `      ${sentence}`);
  if (note !== undefined) lines.push('', ...wrap(note, width));
  if (listing !== undefined) {
    lines.push('', ...wrap(`${listing.sentence}:`, width), ...listing.text.split('\n').map((line) => `  ${line}`));
  }
  return lines.join('\n');
}
