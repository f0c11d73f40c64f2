import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { App } from "aws-cdk-lib";
import { defineBackbone } from "../infra/backbone.ts";
import { stageConfig, stageNames } from "../infra/config.ts";
import { readAccess } from "../shared/access/index.ts";
import { amountOf, type CostLine, costsPerMillionOrders, fixedCosts, type TemplateResource } from "./cost-lines.ts";
import { hoursPerMonth, lookedFor, price, priceTable, region } from "./prices.ts";

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
    `On demand in ${region}, in US dollars, without tax, discounts and free tiers; the prices were looked for on ${lookedFor},`,
    "and [below](#the-prices) is where each was found. **AWS changes prices, and other regions have others: check a price on its page",
    "before you plan with it**, correct it in [prices.ts](prices.ts), and run `npm run docs`. A month has 730 hours, as on AWS's pages.",
    "The quantities are counted in the synthesized templates.",
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
    "What depends on what happens, or on a number that AWS does not tell:",
    "",
    `- **Logs** of brokers, functions and the API: $${price("logGb")} a GB that comes in, $${price("logGbMonth")} a GB and month that is kept.`,
    "- **Flow logs** of the network, at the same price: a connection that stays open leaves a line of about 120 bytes for each direction",
    "  and end every 10 minutes. 500 of them are 500 × 4 × 4,380 × 120 B ≈ 1 GB a month.",
    `- **Metrics** of \`PER_BROKER\` (\`prod\`) and of Container Insights: at most $${price("metricMonth")} a metric and month; 40 for each of 3 brokers would be`,
    "  $36. Open monitoring itself costs nothing; what scrapes it does.",
    `- **Data**: NAT gateways take $${price("natGatewayGb")} a GB, interface endpoints $${price("interfaceEndpointGb")}; DynamoDB and S3 go around both. Replication between`,
    "  brokers is free.",
    `- **Load balancer**: $${price("capacityUnitHour")} an hour for a capacity unit, of which the registry needs a part; its access logs in S3, a few cents.`,
    "- **More pollers** than the minimum while there is a backlog, by the hour; more disk, as it grows; tasks of the registry above the minimum.",
    `- **Keys that have rotated** cost $${price("keyMonth")} more a month after the first year, and after the second.`,
    "",
    "## What saves most",
    "",
    "- Brokers are the largest line and run day and night. Their number and type are settings of the stage, and so are NAT gateways.",
    "- A unit of pollers is paid for each mapping with the minimum of one poller, though ten fit into it: with several consumers,",
    "  [grouped mappings](https://docs.aws.amazon.com/lambda/latest/dg/kafka-scaling-modes.html) share one. On demand costs nothing.",
    "- Disks are paid by their size, not by what is on them, and cannot shrink: begin small.",
    ...endpointsOrGateways(),
    "",
    "## The prices",
    "",
    "| $ | for a | AWS's page | found in |",
    "|---:|---|---|---|",
    ...Object.entries(priceTable).map(priceRow),
    "",
  ].join("\n");
}

/** Of a stage without NAT gateways: as many endpoints as infra/constructs/service-endpoints.ts makes. */
function endpointsOrGateways(): string[] {
  const zones = 3;
  const monthOf = (hourly: number, count: number) => `$${(count * hoursPerMonth * hourly).toFixed(2)}`;
  const gateway = price("natGatewayHour") + price("publicAddressHour");
  const endpoints = (count: number) => monthOf(price("interfaceEndpointHour"), count * zones);
  return [
    `- A stage with \`natGateways: 0\` pays for interface endpoints instead: 5 in ${zones} zones are ${endpoints(5)} a month, 7 with mappings on`,
    `  demand ${endpoints(7)}, one fewer where no password changes by itself; a gateway with its address is ${monthOf(gateway, 1)}, ${zones} are ${monthOf(gateway, zones)}.`,
  ];
}

function priceRow([name, entry]: [string, (typeof priceTable)[keyof typeof priceTable]]): string {
  const what = name.includes(".") ? `\`${name}\` ${entry.unit}` : entry.unit;
  const found = "found" in entry ? entry.found : "**nowhere that agrees: check it**";
  return `| ${entry.usd} | ${what} | [page](${entry.page}) | ${found} |`;
}

function resourcesOf(stage: string): TemplateResource[] {
  const config = stageConfig(stage);
  // Without bundling: what a function's code is does not change what it costs.
  const app = new App({ context: { ...context, "aws:cdk:bundling-stacks": [] } });
  defineBackbone(app, { config, access: readAccess(accessFile, { stage, stages: stageNames }) });
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
