import { type ParseArgsConfig, parseArgs } from "node:util";
import { BackboneError } from "../../shared/errors.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;

/** What a command line may hold. */
export interface CommandLine<O extends Options> {
  readonly options: O;
  /** Whether it takes words besides options. @default false */
  readonly words?: boolean;
  /** Options whose value may be empty, or white space alone. @default none */
  readonly mayBeBlank?: readonly (keyof O & string)[];
}

/**
 * Reads options and words, and refuses in one line what `parseArgs` takes in silence, an option given twice and blank
 * texts, or refuses without saying what is allowed.
 *
 * @returns values by option, the words, and the names of the options that were given
 * @throws BackboneError INVALID_OPTIONS naming what is wrong and what is allowed; never the value of an unknown option
 */
export function readCommandLine<const O extends Options>(args: readonly string[], line: CommandLine<O>) {
  const { options } = line;
  const config = { args: [...args], options, allowPositionals: true } as const;
  const given = new Set<string>();
  for (const token of parseArgs({ ...config, strict: false, tokens: true }).tokens) {
    if (token.kind === "option") {
      checkOption(token, options, line.mayBeBlank ?? []);
      if (given.has(token.name) && options[token.name]?.multiple !== true) {
        throw invalid(`--${token.name}: may be given once, is there twice`);
      }
      given.add(token.name);
    } else if (token.kind === "positional") {
      if (line.words !== true)
        throw invalid(`${quoted(token.value)}: has to be one of ${namesOf(Object.keys(options))}`);
      if (isBlank(token.value)) throw invalid(`${quoted(token.value)}: must not be blank`);
    }
  }
  return { ...parseArgs(config), given: [...given] };
}

/** A command line whose first word is a command. */
export interface CommandsLine<O extends Options, Command extends string> extends Omit<CommandLine<O>, "words"> {
  /** What the usage calls that word. */
  readonly word: string;
  /** Which options go with which command; `--help` goes with all, and needs none. */
  readonly optionsOf: Readonly<Record<Command, readonly (keyof O & string)[]>>;
}

/**
 * The same with a command before the other words; it is undefined where help is asked for.
 *
 * @throws BackboneError INVALID_OPTIONS as `readCommandLine`, and for a command or an option that does not go with it
 */
export function readCommand<const O extends Options, Command extends string>(
  args: readonly string[],
  line: CommandsLine<O, Command>,
) {
  const { positionals, ...read } = readCommandLine(args, { ...line, words: true });
  const [word, ...words] = positionals;
  if (read.given.includes("help")) return { ...read, command: undefined, words };
  const commands = Object.keys(line.optionsOf);
  if (!isCommand(word, line.optionsOf)) {
    throw invalid(
      `${line.word} ${word ?? "is missing"}: has to be ${commands.slice(0, -1).join(", ")} or ${commands.at(-1)}`,
    );
  }
  const allowed: readonly string[] = line.optionsOf[word];
  const stray = read.given.find((name) => !allowed.includes(name));
  if (stray !== undefined) throw invalid(`--${stray} does not go with ${word}: has to be one of ${namesOf(allowed)}`);
  return { ...read, command: word, words };
}

/** A whole number of so many, as an option's value. @throws BackboneError INVALID_OPTIONS naming the bounds */
export function wholeNumber(what: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw invalid(`${what} ${quoted(text)}: has to be a whole number from ${least} to ${most}`);
}

interface OptionToken {
  readonly name: string;
  /** As it was written. */
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function checkOption(
  { name, rawName, value, inlineValue }: OptionToken,
  options: Options,
  mayBeBlank: readonly string[],
): void {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) throw invalid(`${rawName}: has to be one of ${namesOf(Object.keys(options))}`);
  if (option.type === "boolean") {
    if (value !== undefined) throw invalid(`--${name}: takes no value, got ${quoted(value)}`);
    return;
  }
  if (value === undefined) throw invalid(`--${name}: its value is missing`);
  // What follows is more likely the next option than a value.
  if (inlineValue !== true && /^-./.test(value)) {
    throw invalid(`--${name}: its value is missing; one that begins with a dash is written --${name}=-…`);
  }
  if (isBlank(value) && !mayBeBlank.includes(name)) throw invalid(`--${name} ${quoted(value)}: must not be blank`);
}

function isCommand<Command extends string>(
  word: string | undefined,
  commands: Readonly<Record<Command, unknown>>,
): word is Command {
  return word !== undefined && Object.hasOwn(commands, word);
}

function namesOf(options: readonly string[]): string {
  return options.map((name) => `--${name}`).join(", ");
}

function quoted(text: string): string {
  return isBlank(text) ? JSON.stringify(text) : text;
}

function isBlank(text: string): boolean {
  return text.trim() === "";
}

function invalid(message: string): BackboneError {
  return new BackboneError("INVALID_OPTIONS", message);
}
