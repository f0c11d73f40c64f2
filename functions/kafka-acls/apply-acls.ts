import type { CdkCustomResourceEvent, CdkCustomResourceResponse } from "aws-lambda";
import * as v from "valibot";
import { type Acl, operations, patternTypes, permissions, resourceTypes } from "../../shared/access/index.ts";
import { keyOf } from "../../shared/access-plan/index.ts";
import { BackboneError } from "../../shared/errors.ts";

/** The ACLs of a cluster. */
export interface ClusterAcls {
  read(): Promise<readonly Acl[]>;
  create(acls: readonly Acl[]): Promise<void>;
  delete(acls: readonly Acl[]): Promise<void>;
}

export interface KafkaAclsOptions {
  /** Connects, lets the ACLs be used, and closes the connection. */
  readonly withCluster: (use: (acls: ClusterAcls) => Promise<void>) => Promise<void>;
  /** Told how many ACLs were made and removed. */
  readonly applied: (changes: { readonly created: number; readonly deleted: number }) => void;
}

const propertiesSchema = v.object({
  ClusterArn: v.pipe(v.string(), v.minLength(1)),
  Principals: v.array(v.string()),
  Acls: v.array(
    v.object({
      principal: v.string(),
      host: v.string(),
      resourceType: v.picklist(resourceTypes),
      resourceName: v.string(),
      patternType: v.picklist(patternTypes),
      operation: v.picklist(operations),
      permission: v.picklist(permissions),
    }),
  ),
});

/**
 * A CloudFormation custom resource that is the ACLs of some principals of a cluster.
 *
 * Properties: `ClusterArn`; `Acls`, all that there shall be; `Principals`, those who may do nothing else, e.g.
 * `["User:schema-registry"]`. ACLs that others have without this resource are left alone.
 *
 * - Create and Update make what is missing first and remove what is too much last, so that nobody loses in between what
 *   is kept. What an update no longer has goes: its ACLs, and all those of its principals. Repeating it changes nothing,
 *   and a rollback is an update to what was before.
 * - Delete changes nothing. ACLs are kept as topics are: a resource that only moves in its template is deleted after its
 *   successor has been made, and would take the successor's ACLs with it.
 *
 * @throws BackboneError INVALID_OPTIONS for properties of another shape, KAFKA_UNAVAILABLE
 */
export function createKafkaAcls({ withCluster, applied }: KafkaAclsOptions) {
  return async (event: CdkCustomResourceEvent): Promise<CdkCustomResourceResponse> => {
    if (event.RequestType === "Delete") return { PhysicalResourceId: event.PhysicalResourceId };
    const { ClusterArn, Principals, Acls } = propertiesOf(event.ResourceProperties);
    const before = event.RequestType === "Update" ? propertiesOf(event.OldResourceProperties) : undefined;
    const owned = new Set([...Principals, ...(before?.Principals ?? [])]);
    const made = new Set(before?.Acls.map(keyOf));
    const wanted = new Set(Acls.map(keyOf));
    await withCluster(async (cluster) => {
      const present = await cluster.read();
      const known = new Set(present.map(keyOf));
      const missing = Acls.filter((acl) => !known.has(keyOf(acl)));
      const surplus = present.filter(
        (acl) => (owned.has(acl.principal) || made.has(keyOf(acl))) && !wanted.has(keyOf(acl)),
      );
      if (missing.length > 0) await cluster.create(missing);
      if (surplus.length > 0) await cluster.delete(surplus);
      applied({ created: missing.length, deleted: surplus.length });
    });
    return { PhysicalResourceId: ClusterArn };
  };
}

function propertiesOf(properties: unknown): v.InferOutput<typeof propertiesSchema> {
  const parsed = v.safeParse(propertiesSchema, properties);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new BackboneError("INVALID_OPTIONS", `property ${v.getDotPath(issue) ?? "list"}: ${issue.message}`);
  }
  return parsed.output;
}
