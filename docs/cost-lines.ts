import { BackboneError } from "../shared/errors.ts";
import { brokerHour, hoursPerMonth, price } from "./prices.ts";

/** A resource of a synthesized template. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** A line of the bill: an amount and the factors that it is the product of. */
export interface CostLine {
  readonly what: string;
  readonly factors: readonly { readonly value: number; readonly unit: string }[];
}

export function amountOf({ factors }: CostLine): number {
  return factors.reduce((product, { value }) => product * value, 1);
}

const hours = { value: hoursPerMonth, unit: "h" };

/** What the resources of a stage cost a month whether it is used or not. */
export function fixedCosts(resources: readonly TemplateResource[]): CostLine[] {
  const countOf = (type: string) => resources.filter(({ Type }) => Type === type).length;
  const hourly = (what: string, count: number, usd: number, unit: string): CostLine => ({
    what,
    factors: [{ value: count, unit }, hours, dollars(usd)],
  });
  const monthly = (what: string, count: number, usd: number, unit: string): CostLine => ({
    what,
    factors: [{ value: count, unit }, dollars(usd)],
  });
  const lines = [
    ...resources.filter(({ Type }) => Type === "AWS::MSK::Cluster").flatMap(brokerCosts),
    hourly("NAT gateways", countOf("AWS::EC2::NatGateway"), price("natGatewayHour"), "gateways"),
    hourly("their public IPv4 addresses", countOf("AWS::EC2::EIP"), price("publicAddressHour"), "IPs"),
    hourly("interface endpoints, in each zone", endpointZones(resources), price("interfaceEndpointHour"), "endpoints"),
    hourly("pollers in provisioned mode", pollerUnits(resources), price("pollerUnitHour"), "units"),
    ...registryCosts(resources),
    hourly(
      "load balancer of the registry",
      countOf("AWS::ElasticLoadBalancingV2::LoadBalancer"),
      price("loadBalancerHour"),
      "balancers",
    ),
    monthly("KMS keys", countOf("AWS::KMS::Key"), price("keyMonth"), "keys"),
    keyRequests(countOf("AWS::DynamoDB::Table")),
    monthly("secrets", countOf("AWS::SecretsManager::Secret"), price("secretMonth"), "secrets"),
    monthly("metrics of mappings", mappingMetrics(resources), price("metricMonth"), "metrics"),
    monthly("alarms", countOf("AWS::CloudWatch::Alarm"), price("alarmMonth"), "alarms"),
    monthly("dashboards", countOf("AWS::CloudWatch::Dashboard"), price("dashboardMonth"), "dashboards"),
    sweeps(resources.filter((one) => read(one, "ScheduleExpression") === "rate(1 minute)").length),
  ];
  return lines.filter((line) => amountOf(line) > 0);
}

/** DynamoDB asks for a table's own key once it has not been used by a caller for five minutes; a table has about two. */
function keyRequests(tables: number): CostLine {
  return {
    what: "requests to the tables' key, one in 5 minutes for each caller at most",
    factors: [
      { value: tables, unit: "tables" },
      { value: 2, unit: "callers" },
      { value: hoursPerMonth * 12, unit: "times" },
      dollars(price("keyRequest")),
    ],
  };
}

function sweeps(schedules: number): CostLine {
  return {
    what: "schedule of the outbox each minute, 512 MB for 100 ms",
    factors: [
      { value: schedules, unit: "schedules" },
      { value: hoursPerMonth * 60, unit: "times" },
      { value: 0.05, unit: "GB-s" },
      dollars(price("functionGbSecond")),
    ],
  };
}

function brokerCosts(cluster: TemplateResource): CostLine[] {
  const type = String(read(cluster, "BrokerNodeGroupInfo", "InstanceType"));
  const hourly = brokerHour(type);
  if (hourly === undefined) throw new BackboneError("INVALID_OPTIONS", `docs/prices.ts has no price for ${type}`);
  const brokers = { value: Number(read(cluster, "NumberOfBrokerNodes")), unit: "brokers" };
  const volume = Number(read(cluster, "BrokerNodeGroupInfo", "StorageInfo", "EBSStorageInfo", "VolumeSize") ?? 0);
  return [
    { what: `brokers, \`${type}\``, factors: [brokers, hours, dollars(hourly)] },
    { what: "their disks", factors: [brokers, { value: volume, unit: "GB" }, dollars(price("brokerGbMonth"))] },
  ];
}

function registryCosts(resources: readonly TemplateResource[]): CostLine[] {
  const [service] = resources.filter(({ Type }) => Type === "AWS::ECS::Service");
  const [task] = resources.filter(({ Type }) => Type === "AWS::ECS::TaskDefinition");
  const [scaling] = resources.filter((one) => read(one, "ScalableDimension") === "ecs:service:DesiredCount");
  if (service === undefined || task === undefined) return [];
  // A service that is scaled has no number of its own.
  const least = scaling === undefined ? read(service, "DesiredCount") : read(scaling, "MinCapacity");
  const tasks = { value: Number(least), unit: "tasks" };
  const [cpu, memory] = [Number(read(task, "Cpu")) / 1024, Number(read(task, "Memory")) / 1024];
  return [
    {
      what: "registry on Fargate, CPU",
      factors: [tasks, { value: cpu, unit: "vCPU" }, hours, dollars(price("fargateVcpuHour"))],
    },
    {
      what: "registry on Fargate, memory",
      factors: [tasks, { value: memory, unit: "GB" }, hours, dollars(price("fargateGbHour"))],
    },
  ];
}

/** Ten pollers share a unit; mappings share it only within a poller group. */
function pollerUnits(resources: readonly TemplateResource[]): number {
  const pollersOf = new Map<string, number>();
  for (const [index, mapping] of resources.entries()) {
    const minimum = read(mapping, "ProvisionedPollerConfig", "MinimumPollers");
    if (mapping.Type !== "AWS::Lambda::EventSourceMapping" || minimum === undefined) continue;
    const group = String(read(mapping, "ProvisionedPollerConfig", "PollerGroupName") ?? index);
    pollersOf.set(group, (pollersOf.get(group) ?? 0) + Number(minimum));
  }
  return [...pollersOf.values()].reduce((units, pollers) => units + Math.ceil(pollers / 10), 0);
}

/**
 * How many each choice of `MetricsConfig` makes.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#event-source-mapping-metrics
 */
const metricsOfChoice: Readonly<Record<string, number>> = { EventCount: 7, ErrorCount: 5, KafkaMetrics: 2 };

function mappingMetrics(resources: readonly TemplateResource[]): number {
  return resources
    .filter(({ Type }) => Type === "AWS::Lambda::EventSourceMapping")
    .flatMap((mapping) => read(mapping, "MetricsConfig", "Metrics") ?? [])
    .reduce<number>((sum, choice) => sum + (metricsOfChoice[String(choice)] ?? 0), 0);
}

function endpointZones(resources: readonly TemplateResource[]): number {
  return resources
    .filter((one) => one.Type === "AWS::EC2::VPCEndpoint" && read(one, "VpcEndpointType") === "Interface")
    .map((one) => read(one, "SubnetIds"))
    .reduce<number>((zones, subnets) => zones + (Array.isArray(subnets) ? subnets.length : 0), 0);
}

/**
 * What a million orders of one line each cost beyond that: each is one request and two records (the order, and what came
 * of it). Written in transactions, an item of up to 1 KB costs two write units: inventory writes a claim, a reservation,
 * a stock update and an outbox item, order-status two claims and two updates. The relay deletes the outbox item for one.
 */
export function costsPerMillionOrders(): CostLine[] {
  const million = { value: 1, unit: "million orders" };
  return [
    { what: "HTTP API", factors: [million, dollars(price("httpApiMillion"))] },
    {
      what: "function invocations, those of consumers and relay in batches of 100",
      factors: [{ value: 1.04, unit: "million" }, dollars(price("invocationMillion"))],
    },
    {
      what: "order-service, 512 MB for 50 ms",
      factors: [{ value: 25_000, unit: "GB-s" }, dollars(price("functionGbSecond"))],
    },
    {
      what: "inventory, 512 MB for 300 ms a batch",
      factors: [{ value: 1_500, unit: "GB-s" }, dollars(price("functionGbSecond"))],
    },
    {
      what: "outbox-relay and order-status, 512 MB for 300 ms a batch",
      factors: [{ value: 4_500, unit: "GB-s" }, dollars(price("functionGbSecond"))],
    },
    {
      what: "DynamoDB, two write units for each of 8 items, one for a deletion",
      factors: [{ value: 17, unit: "million units" }, dollars(price("writeUnitMillion"))],
    },
    {
      what: "DynamoDB, a read unit for the stock",
      factors: [{ value: 1, unit: "million units" }, dollars(price("readUnitMillion"))],
    },
    {
      what: "DynamoDB, 0.5 KB an order kept, with backup",
      factors: [{ value: 0.5, unit: "GB" }, dollars(price("tableGbMonth") + price("backupGbMonth"))],
    },
    { what: "logs, 0.5 KB an order", factors: [{ value: 0.5, unit: "GB" }, dollars(price("logGb"))] },
    {
      // Two records of 1 KB written, three read: two thirds of it is another zone's, paid at both ends.
      what: "two thirds of 5 GB to and from Kafka go to another zone",
      factors: [{ value: 3.33, unit: "GB" }, { value: 2, unit: "ends" }, dollars(price("zoneGb"))],
    },
  ];
}

function dollars(usd: number) {
  return { value: usd, unit: "$" };
}

function read({ Properties }: TemplateResource, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (part, name) =>
      typeof part === "object" && part !== null ? Object.entries(part).find(([key]) => key === name)?.[1] : undefined,
    Properties,
  );
}
