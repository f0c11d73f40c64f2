export { createLogger, errorFields, type LogFields, type Logger, type LoggerOptions } from "./logger.ts";
export { type LineOutput, writeLine } from "./output.ts";
