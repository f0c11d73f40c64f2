/** Takes one line without its line break. */
export type LineOutput = (line: string) => void;

/**
 * One line to standard output, where Lambda takes log lines and metrics from. Not console.log: it puts a timestamp and
 * a request id before the line, or the line as a text into an object of Lambda's own.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export const writeLine: LineOutput = (line) => void process.stdout.write(`${line}\n`);
