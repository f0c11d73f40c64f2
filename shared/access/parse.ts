import { readFileSync } from "node:fs";
import * as v from "valibot";
import { parseDocument } from "yaml";
import { BackboneError } from "../errors.ts";
import { crossCheck } from "./cross-check.ts";
import type { Access, CustomAcl, Service, Topic } from "./model.ts";
import { type State, show, stateSchema } from "./schema.ts";

/** Copies of each record where neither the topic nor the file's settings say: one in each of three zones. */
const defaultReplication = 3;

/**
 * Reads the access file: topics, services and what each may do, in kafka-gitops' state format.
 *
 * @param path path of the YAML file
 * @throws BackboneError INVALID_OPTIONS that names the file and, all at once, each wrong place with its path, the value
 * got and what is allowed
 */
export function readAccess(path: string): Access {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new BackboneError("INVALID_OPTIONS", `cannot read the access file ${path}`, { cause });
  }
  return parseAccess(text, path);
}

/**
 * The same as `readAccess`, for text that is at hand.
 *
 * @param file name of the file, for messages
 * @throws BackboneError INVALID_OPTIONS, see `readAccess`
 */
export function parseAccess(text: string, file: string): Access {
  // A key written twice is an error here, with its line: the later one would silently win otherwise.
  const document = parseDocument(text, { uniqueKeys: true });
  if (document.errors.length > 0) throw invalid(file, document.errors.map(syntaxProblemOf));

  const result = v.safeParse(stateSchema, document.toJS() ?? {});
  if (!result.success) throw invalid(file, result.issues.map(problemOf));

  const access = accessOf(result.output);
  const contradictions = crossCheck(access);
  if (contradictions.length > 0) throw invalid(file, contradictions);
  return access;
}

function invalid(file: string, problems: readonly string[]): BackboneError {
  return new BackboneError("INVALID_OPTIONS", `${file}: ${problems.join("; ")}`);
}

/** The first line of the parser's message, which says what and where; the rest of it is an excerpt. */
function syntaxProblemOf(error: { readonly message: string }): string {
  return (error.message.split("\n")[0] ?? "").replace(/:$/, "");
}

function problemOf(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? "the file";
  if (issue.type !== "strict_object") return `${path}: ${issue.message}`;
  if (issue.expected === "never") return `${path}: unknown key`;
  return issue.received === "undefined"
    ? `${path}: missing`
    : `${path}: must be ${issue.expected === "Object" ? "a mapping" : issue.expected}, got ${show(issue.input)}`;
}

function accessOf(state: State): Access {
  const replication = state.settings?.topics?.defaults?.replication ?? defaultReplication;
  const topics = Object.entries(state.topics).map(
    ([name, topic]): Topic => ({
      name,
      partitions: topic.partitions,
      replication: topic.replication ?? replication,
      configs: topic.configs,
    }),
  );
  const services = Object.entries(state.services).map(
    ([name, service]): Service => ({
      name,
      principal: service.principal ?? `User:${name}`,
      groupId: service["group-id"] ?? name,
      auth: service.auth,
      deadLetters: service["dead-letters"],
      produces: service.produces,
      consumes: service.consumes,
    }),
  );
  const customAcls = Object.entries(state.customServiceAcls).flatMap(([service, acls]) =>
    Object.values(acls).map(
      (acl): CustomAcl => ({
        service,
        resourceType: acl.type,
        resourceName: acl.name,
        patternType: acl.pattern,
        operation: acl.operation,
        permission: acl.permission,
      }),
    ),
  );
  return { topics, services, customAcls };
}
