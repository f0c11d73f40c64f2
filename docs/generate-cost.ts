import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { App } from "aws-cdk-lib";
import { defineBackbone } from "../infra/backbone.ts";
import { stageConfig, stageNames } from "../infra/config.ts";
import { readAccess } from "../shared/access/index.ts";
import { amountOf, type CostLine, costsPerMillionOrders, fixedCosts, type TemplateResource } from "./cost-lines.ts";
import { prices } from "./prices.ts";

/** Where the page is kept. */
export const costPagePath = new URL("./cost.md", import.meta.url);

const accessFile = fileURLToPath(new URL("../infra/access.yaml", import.meta.url));
const { context } = JSON.parse(readFileSync(new URL("../cdk.json", import.meta.url), "utf8"));

/** docs/cost.md: what each stage costs, counted in its templates. */
export function costPage(): string {
  return [
    "<!-- Generated from the templates and docs/prices.ts by `npm run docs`; a test fails when it is stale. -->",
    "# What a stage costs",
    "",
    `On demand in ${prices.region}, in US dollars, without tax, discounts and free tiers. The prices are those of ${prices.collected},`,
    "as far as they were known then; [prices.ts](prices.ts) has each with the page to check it on. **AWS changes",
    "prices, and other regions have others: check a price on its page before you plan with it**, correct it in that file, and run",
    "`npm run docs`. A month has 730 hours, as on AWS's pages. The quantities are counted in the synthesized templates.",
    "",
    ...stageNames.flatMap((stage) => {
      const lines = fixedCosts(resourcesOf(stage));
      return [`## ${stage}, a month, whether it is used or not`, "", ...table(lines), ""];
    }),
    "## A million orders",
    "",
    "Orders of one line, on top of that in every stage. Durations are assumptions; the rest follows from the code.",
    "",
    ...table(costsPerMillionOrders()),
    "",
    "## What is not counted",
    "",
    `- Data: NAT gateways take $${prices.natGatewayGb} for each GB (DynamoDB and S3 go around them), traffic between zones $0.01 a GB in each`,
    "  direction; between brokers it is free. A million orders of 1 KB are 1 GB into Kafka and, for each consumer, 1 GB out.",
    "- Logs of brokers, of the network's flows and of the API, which grow with what happens; metrics of brokers and tasks; capacity units of the load balancer; calls of keys and secrets.",
    "- More pollers than the minimum while there is a backlog, by the hour.",
    "",
    "## What saves most",
    "",
    "- Brokers are the largest line and run day and night. Their number and type are settings of the stage, and so are NAT gateways.",
    "- A unit of pollers is paid for each mapping with the minimum of one poller, though ten fit into it: with several consumers,",
    "  [grouped mappings](https://docs.aws.amazon.com/lambda/latest/dg/kafka-scaling-modes.html) share one. On demand costs nothing.",
    "- Disks are paid by their size, not by what is on them, and cannot shrink: begin small.",
    "",
  ].join("\n");
}

function resourcesOf(stage: string): TemplateResource[] {
  const config = stageConfig(stage);
  // Without bundling: what a function's code is does not change what it costs.
  const app = new App({ context: { ...context, "aws:cdk:bundling-stacks": [] } });
  defineBackbone(app, { config, access: readAccess(accessFile, { stage }) });
  return app.synth().stacks.flatMap(({ template }) => Object.values<TemplateResource>(template.Resources ?? {}));
}

function table(lines: readonly CostLine[]): string[] {
  const total = lines.reduce((sum, line) => sum + rounded(line), 0);
  return [
    "| | arithmetic | $ |",
    "|---|---|---:|",
    ...lines.map((line) => `| ${line.what} | ${arithmetic(line)} | ${rounded(line).toFixed(2)} |`),
    `| **together** | | **${total.toFixed(2)}** |`,
  ];
}

function arithmetic({ factors }: CostLine): string {
  return factors.map(({ value, unit }) => (unit === "$" ? `$${value}` : counted(value, unit))).join(" × ");
}

function counted(value: number, unit: string): string {
  const one = value === 1 && !unit.startsWith("million");
  return `${value.toLocaleString("en-US")} ${one ? unit.replace(/s$/, "") : unit}`;
}

/** To cents, so that the sum is that of the lines as they are shown. */
function rounded(line: CostLine): number {
  return Math.round(amountOf(line) * 100) / 100;
}
