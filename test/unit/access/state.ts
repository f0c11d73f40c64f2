import { type Access, parseAccess } from "../../../shared/access/index.ts";
import { BackboneError } from "../../../shared/errors.ts";

/** A small access file with one service of each way to prove who it is. */
export const smallState = `
settings:
  topics:
    defaults:
      replication: 2
topics:
  orders:
    partitions: 6
    configs:
      min.insync.replicas: 2
      retention.ms: 604800000
  journal:
    partitions: 1
    replication: 3
services:
  shop:
    type: application
    produces: [orders]
  stock:
    type: application
    consumes: [orders]
  keeper:
    type: application
    principal: User:journal-keeper
    group-id: keepers
    auth: scram
    dead-letters: false
    produces: [journal]
    consumes: [journal, orders]
customServiceAcls:
  keeper:
    own-groups: { name: keepers-, type: GROUP, pattern: PREFIXED, operation: READ, permission: ALLOW }
`;

export function smallAccess(): Access {
  return parseAccess(smallState, "access.yaml");
}

/** The message with which an access file is refused. */
export function problemOf(text: string, stage?: string): string {
  return refusalOf(() => parseAccess(text, "access.yaml", stage === undefined ? {} : { stage }));
}

export function refusalOf(read: () => Access): string {
  try {
    read();
  } catch (error) {
    if (error instanceof BackboneError && error.code === "INVALID_OPTIONS") return error.message;
    throw error;
  }
  throw new Error("the text was accepted");
}
