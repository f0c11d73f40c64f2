import { type Access, consumerGroupOf, deadLetterTopicName } from "../../shared/access/index.ts";
import type { ReadOptions } from "../../shared/dead-letter/index.ts";

/** Whose dead letters lie in a dead-letter topic, as the access file has it: of a service that consumes the source topic. */
export function groupsOf({ services }: Pick<Access, "services">): NonNullable<ReadOptions["groupOf"]> {
  return (deadLetterTopic, sourceTopic) => {
    const service = services.find(
      ({ name, consumes }) =>
        consumes.includes(sourceTopic) && deadLetterTopicName(sourceTopic, name) === deadLetterTopic,
    );
    return service && consumerGroupOf(service, sourceTopic);
  };
}
