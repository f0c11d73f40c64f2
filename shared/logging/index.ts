export { createLogger, errorFields, type LogFields, type Logger, type LoggerOptions } from "./logger.ts";
