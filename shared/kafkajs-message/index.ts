export { fromKafkajsMessage, toKafkajsMessage } from "./kafkajs-message.ts";
