import { type Access, parseAccess } from "../../../shared/access/index.ts";

/** A small access file with one service of each kind. */
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
