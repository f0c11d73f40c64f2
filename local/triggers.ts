import { BackboneError } from "../shared/errors.ts";
import type { Functions } from "./functions.ts";
import type { Assembly } from "./template/assembly.ts";
import type { Resolve } from "./template/resolve.ts";

/**
 * Invokes what a deployment triggers (CDK's `Trigger`): here, once at each start.
 * @throws BackboneError PART_FAILED when a triggered function fails, as the deployment would
 */
export async function runTriggers(assembly: Assembly, resolve: Resolve, functions: Functions): Promise<void> {
  for (const trigger of assembly.resourcesOf("Custom::Trigger")) {
    const target = functions.get(String(resolve(trigger.stack, trigger.properties.HandlerArn)));
    const result = await target.invoke({});
    if (!result.ok)
      throw new BackboneError(
        "PART_FAILED",
        `the triggered function ${target.definition.name} failed: ${result.error.errorType}: ${result.error.errorMessage}`,
      );
  }
}
