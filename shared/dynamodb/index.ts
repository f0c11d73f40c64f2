export { type Attributes, fromAttributes, toAttributes } from "./attributes.ts";
export { createDynamoDbClient } from "./dynamodb-client.ts";
