export { type Environment, readEnvironment } from "./read-environment.ts";
export { brokerList, httpUrl, text, wholeNumber } from "./variables.ts";
