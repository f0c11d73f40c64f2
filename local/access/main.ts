import { runAccess } from "./run.ts";

process.exitCode = await runAccess(process.argv.slice(2), process);
