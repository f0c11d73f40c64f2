export { epochMsOf, isRfc3339 } from "./rfc3339.ts";
