import { CfnEventSourceMapping } from "aws-cdk-lib/aws-lambda";
import type { IConstruct } from "constructs";

const maxMappings = 100;
const maxPollers = 2_000;

/**
 * What is wrong with a group of pollers that mappings all over the app share.
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-scaling-modes.html
 */
export function pollerGroupProblems({ node }: IConstruct, group: string): string[] {
  const maximums = node.root.node
    .findAll()
    .filter((one) => one instanceof CfnEventSourceMapping)
    .flatMap(({ provisionedPollerConfig: config }) =>
      config !== undefined && "pollerGroupName" in config && config.pollerGroupName === group
        ? [config.maximumPollers ?? 0]
        : [],
    );
  const sum = maximums.reduce((all, maximum) => all + maximum, 0);
  return [
    ...(maximums.length > maxMappings
      ? [`poller group ${group}: must have at most ${maxMappings} mappings, got ${maximums.length}`]
      : []),
    ...(sum > maxPollers
      ? [`poller group ${group}: pollers.maximum of all must be at most ${maxPollers} together, got ${sum}`]
      : []),
  ];
}
