import { join } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");

/** The packages that end up in the bundle of a function which imports these names. */
async function packagesOf(names: string, folder = "schema-registry"): Promise<string[]> {
  const { metafile } = await build({
    stdin: { contents: `export { ${names} } from "./shared/${folder}/index.ts";`, resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "esm",
  });
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const bundled = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
  return [...new Set(bundled.flatMap((path) => /node_modules\/([^/]+)\//.exec(path)?.[1] ?? []))].sort();
}

test("a consumer of Avro carries neither ajv nor protobufjs", async () => {
  expect(await packagesOf("avro, createDeserializer, createSchemaRegistry")).toEqual(["avsc", "valibot"]);
});

test("a consumer of JSON carries ajv and no protobufjs", async () => {
  const packages = await packagesOf("jsonSchema, createDeserializer, createSchemaRegistry");
  expect(packages).toContain("ajv");
  expect(packages).not.toContain("protobufjs");
});

test("who takes a schema alone carries no package at all", async () => {
  expect(await packagesOf("orderCreatedSchema", "schemas")).toEqual([]);
});
