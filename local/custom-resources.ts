import * as v from "valibot";
import { BackboneError } from "../shared/errors.ts";
import type { Functions } from "./functions.ts";
import type { Assembly, Resource } from "./template/assembly.ts";
import type { Resolve } from "./template/resolve.ts";

/** Custom resources that have something to make here, by the project's own function behind CDK's provider. */
const types = ["Custom::KafkaAcls"];

const providerSchema = v.object({ "Fn::GetAtt": v.tuple([v.string(), v.literal("Arn")]) });
const environmentSchema = v.looseObject({
  Variables: v.looseObject({ USER_ON_EVENT_FUNCTION_ARN: v.unknown() }),
});

/**
 * Creates the custom resources of the templates, as a first deployment does; it is done at each start.
 * @throws BackboneError PART_FAILED when a function fails, as the deployment would
 */
export async function createCustomResources(assembly: Assembly, resolve: Resolve, functions: Functions): Promise<void> {
  for (const resource of types.flatMap((type) => assembly.resourcesOf(type))) {
    const { stack, logicalId, type } = resource;
    const { ServiceToken: _, ...properties } = resource.properties;
    const target = functions.get(String(resolve(stack, handlerArn(resource))));
    const result = await target.invoke({
      RequestType: "Create",
      LogicalResourceId: logicalId,
      ResourceType: type,
      ResourceProperties: resolve(stack, properties),
    });
    if (!result.ok)
      throw new BackboneError(
        "PART_FAILED",
        `the custom resource ${type} failed: ${target.definition.name}: ${result.error.errorType}: ${result.error.errorMessage}`,
      );
  }
}

/** What the provider's function, which the resource names, is told to call. */
function handlerArn({ stack, type, properties }: Resource): unknown {
  const token = v.safeParse(providerSchema, properties.ServiceToken);
  const provider = token.success ? stack.resources.get(token.output["Fn::GetAtt"][0]) : undefined;
  const environment = v.safeParse(environmentSchema, provider?.properties.Environment);
  if (!environment.success)
    throw new BackboneError("TEMPLATE_UNSUPPORTED", `the custom resource ${type} is behind no provider of its stack`);
  return environment.output.Variables.USER_ON_EVENT_FUNCTION_ARN;
}
