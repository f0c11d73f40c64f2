import kafkajs, { type Admin } from "kafkajs";
import { type Acl, operations, patternTypes, permissions, resourceTypes } from "../access/index.ts";

// Node finds only some of the names that this CommonJS package exports.
const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

/** An ACL as kafkajs takes it, which is also the filter that finds exactly it. */
export function toKafkajsAcl(acl: Acl) {
  return {
    principal: acl.principal,
    host: acl.host,
    resourceType: AclResourceTypes[acl.resourceType],
    resourceName: acl.resourceName,
    resourcePatternType: ResourcePatternTypes[acl.patternType],
    operation: AclOperationTypes[acl.operation],
    permissionType: AclPermissionTypes[acl.permission],
  };
}

/**
 * Every ACL of the cluster that an access file can name. Those that it cannot, such as on delegation tokens, are nothing
 * that this project grants, hence foreign.
 */
export async function readAcls(admin: Admin): Promise<Acl[]> {
  const { resources } = await admin.describeAcls({
    resourceType: AclResourceTypes.ANY,
    resourcePatternType: ResourcePatternTypes.ANY,
    operation: AclOperationTypes.ANY,
    permissionType: AclPermissionTypes.ANY,
  });
  return resources.flatMap(({ resourceName, resourceType: type, resourcePatternType: pattern, acls }) =>
    acls.flatMap(({ principal, host, operation: operationType, permissionType }): Acl[] => {
      const resourceType = resourceTypes.find((name) => AclResourceTypes[name] === type);
      const patternType = patternTypes.find((name) => ResourcePatternTypes[name] === pattern);
      const operation = operations.find((name) => AclOperationTypes[name] === operationType);
      const permission = permissions.find((name) => AclPermissionTypes[name] === permissionType);
      if (!resourceType || !patternType || !operation || !permission) return [];
      return [{ principal, host, resourceType, resourceName, patternType, operation, permission }];
    }),
  );
}
