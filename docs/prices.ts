/** A price on demand in US East (N. Virginia), in US dollars, without tax, discounts and free tiers. */
interface Price {
  readonly usd: number;
  readonly unit: string;
  /** AWS's page that has it, and the last word. */
  readonly page: string;
  /**
   * Where it was found when it was last looked for, and the date there; pages of others quote AWS's. Left out where nothing
   * was found, or things that contradict each other.
   */
  readonly found?: string;
}

const priceList = "AWS's price list, October 2025";
const byOthers = (date: string) => `a page of others, ${date}`;

const vpc = "https://aws.amazon.com/vpc/pricing/";
const privateLink = "https://aws.amazon.com/privatelink/pricing/";
const msk = "https://aws.amazon.com/msk/pricing/";
const lambda = "https://aws.amazon.com/lambda/pricing/";
const fargate = "https://aws.amazon.com/fargate/pricing/";
const balancing = "https://aws.amazon.com/elasticloadbalancing/pricing/";
const kms = "https://aws.amazon.com/kms/pricing/";
const cloudWatch = "https://aws.amazon.com/cloudwatch/pricing/";
const dynamoDb = "https://aws.amazon.com/dynamodb/pricing/on-demand/";

/** Every price that docs/cost.md multiplies with, or names. AWS's own pages fill in their figures only in a browser. */
export const priceTable = {
  "kafka.t3.small": { usd: 0.0456, unit: "broker and hour", page: msk, found: "pages of others, without a date" },
  "kafka.m5.large": { usd: 0.21, unit: "broker and hour", page: msk, found: "pages of others, without a date" },
  "kafka.m7g.large": { usd: 0.204, unit: "broker and hour", page: msk },
  "kafka.m7g.xlarge": { usd: 0.408, unit: "broker and hour", page: msk },
  "kafka.m7g.2xlarge": { usd: 0.816, unit: "broker and hour", page: msk },
  "express.m7g.large": { usd: 0.408, unit: "broker and hour, beside storage and data written", page: msk },
  brokerGbMonth: {
    usd: 0.1,
    unit: "GB and month of brokers' disks",
    page: msk,
    found: "pages of others, without a date",
  },
  natGatewayHour: { usd: 0.045, unit: "NAT gateway and hour", page: vpc, found: byOthers("February 2026") },
  natGatewayGb: { usd: 0.045, unit: "GB through it", page: vpc, found: byOthers("February 2026") },
  publicAddressHour: { usd: 0.005, unit: "public IPv4 address and hour", page: vpc, found: byOthers("February 2026") },
  zoneGb: {
    usd: 0.01,
    unit: "GB to another zone, at each end",
    page: "https://aws.amazon.com/ec2/pricing/on-demand/",
    found: byOthers("May 2026"),
  },
  interfaceEndpointHour: {
    usd: 0.01,
    unit: "interface endpoint, zone and hour",
    page: privateLink,
    found: byOthers("May 2026"),
  },
  interfaceEndpointGb: { usd: 0.01, unit: "GB through it", page: privateLink, found: "a copy of that page" },
  pollerUnitHour: { usd: 0.185, unit: "event poller unit and hour", page: lambda, found: priceList },
  invocationMillion: { usd: 0.2, unit: "million invocations", page: lambda, found: priceList },
  functionGbSecond: { usd: 0.0000133334, unit: "GB-second on ARM", page: lambda, found: priceList },
  fargateVcpuHour: {
    usd: 0.03238,
    unit: "vCPU and hour, Linux on ARM",
    page: fargate,
    found: "a page of others, without a date",
  },
  fargateGbHour: {
    usd: 0.00356,
    unit: "GB and hour, Linux on ARM",
    page: fargate,
    found: "a page of others, without a date",
  },
  loadBalancerHour: { usd: 0.0225, unit: "load balancer and hour", page: balancing, found: byOthers("May 2026") },
  capacityUnitHour: { usd: 0.008, unit: "its capacity unit and hour", page: balancing, found: byOthers("May 2026") },
  keyMonth: {
    usd: 1,
    unit: "key and month, and as much for each of its first two rotations",
    page: kms,
    found: byOthers("June 2026"),
  },
  keyRequest: { usd: 0.000003, unit: "request", page: kms, found: byOthers("June 2026") },
  secretMonth: {
    usd: 0.4,
    unit: "secret and month",
    page: "https://aws.amazon.com/secrets-manager/pricing/",
    found: "a page of others, without a date",
  },
  alarmMonth: { usd: 0.1, unit: "alarm and month", page: cloudWatch },
  dashboardMonth: { usd: 3, unit: "dashboard and month", page: cloudWatch, found: byOthers("June 2026") },
  metricMonth: {
    usd: 0.3,
    unit: "custom metric and month, which the metrics of mappings are taken for",
    page: cloudWatch,
    found: byOthers("February 2026"),
  },
  logGb: {
    usd: 0.5,
    unit: "GB of logs, those of the network's flows as well",
    page: cloudWatch,
    found: byOthers("June 2026"),
  },
  logGbMonth: { usd: 0.03, unit: "GB and month of logs kept", page: cloudWatch },
  httpApiMillion: {
    usd: 1,
    unit: "million requests to an HTTP API",
    page: "https://aws.amazon.com/api-gateway/pricing/",
    found: "pages of others, 2025 and 2026",
  },
  writeUnitMillion: { usd: 0.625, unit: "million write units", page: dynamoDb, found: byOthers("July 2025") },
  readUnitMillion: { usd: 0.125, unit: "million read units", page: dynamoDb, found: byOthers("July 2025") },
  tableGbMonth: { usd: 0.25, unit: "GB and month of a table", page: dynamoDb },
  backupGbMonth: { usd: 0.2, unit: "GB and month of its continuous backup", page: dynamoDb },
} as const satisfies Readonly<Record<string, Price>>;

type PriceName = keyof typeof priceTable;

export const region = "US East (N. Virginia)";
/** When the prices were last looked for. */
export const lookedFor = "21 November 2026";
/** A month of AWS's price pages. */
export const hoursPerMonth = 730;

/** A price in US dollars. */
export function price(name: PriceName): number {
  return priceTable[name].usd;
}

/** A broker's price an hour, if the table has its type. */
export function brokerHour(instanceType: string): number | undefined {
  return Object.entries<Price>(priceTable).find(([name]) => name === instanceType)?.[1].usd;
}
