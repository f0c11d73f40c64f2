import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { CloudAssembly } from "aws-cdk-lib/cx-api";
import { account, type Moto, region } from "./moto.ts";

/** A synthesized stack. */
export interface SynthesizedStack {
  readonly name: string;
  readonly template: object;
  readonly resources: number;
}

/** The stacks of a synthesized stage, in the order of their deployment. */
export function stacksOf(templates: string): SynthesizedStack[] {
  return new CloudAssembly(templates).stacks.map(({ stackName, template }) => ({
    name: stackName,
    template,
    resources: Object.keys(template.Resources ?? {}).length,
  }));
}

/** The status of every stack in moto's account, by name. */
export async function stackStatuses({ endpoint, env }: Moto): Promise<ReadonlyMap<string, string>> {
  const credentials = {
    accessKeyId: env.AWS_ACCESS_KEY_ID ?? "",
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? "",
    accountId: account,
  };
  const client = new CloudFormationClient({ endpoint, region, credentials });
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({}));
    return new Map(Stacks.map(({ StackName = "", StackStatus = "" }) => [StackName, StackStatus]));
  } finally {
    client.destroy();
  }
}
