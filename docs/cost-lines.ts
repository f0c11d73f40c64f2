import { BackboneError } from "../shared/errors.ts";
import { prices } from "./prices.ts";

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

const hours = { value: prices.hoursPerMonth, unit: "h" };

/** What the resources of a stage cost a month whether it is used or not. */
export function fixedCosts(resources: readonly TemplateResource[]): CostLine[] {
  const countOf = (type: string) => resources.filter(({ Type }) => Type === type).length;
  const hourly = (what: string, count: number, price: number, unit: string): CostLine => ({
    what,
    factors: [{ value: count, unit }, hours, dollars(price)],
  });
  const monthly = (what: string, count: number, price: number, unit: string): CostLine => ({
    what,
    factors: [{ value: count, unit }, dollars(price)],
  });
  const lines = [
    ...resources.filter(({ Type }) => Type === "AWS::MSK::Cluster").flatMap(brokerCosts),
    hourly("NAT gateways", countOf("AWS::EC2::NatGateway"), prices.natGatewayHour, "gateways"),
    hourly("their public IPv4 addresses", countOf("AWS::EC2::EIP"), prices.publicAddressHour, "IPs"),
    hourly("interface endpoints, in each zone", endpointZones(resources), prices.interfaceEndpointHour, "endpoints"),
    hourly("pollers in provisioned mode", pollerUnits(resources), prices.pollerUnitHour, "units"),
    ...registryCosts(resources),
    hourly(
      "load balancer of the registry",
      countOf("AWS::ElasticLoadBalancingV2::LoadBalancer"),
      prices.loadBalancerHour,
      "balancers",
    ),
    monthly("KMS keys", countOf("AWS::KMS::Key"), prices.keyMonth, "keys"),
    monthly("secrets", countOf("AWS::SecretsManager::Secret"), prices.secretMonth, "secrets"),
    monthly("metrics of mappings", mappingMetrics(resources), prices.metricMonth, "metrics"),
    monthly("alarms", countOf("AWS::CloudWatch::Alarm"), prices.alarmMonth, "alarms"),
    monthly("dashboards", countOf("AWS::CloudWatch::Dashboard"), prices.dashboardMonth, "dashboards"),
  ];
  return lines.filter((line) => amountOf(line) > 0);
}

function brokerCosts(cluster: TemplateResource): CostLine[] {
  const type = String(read(cluster, "BrokerNodeGroupInfo", "InstanceType"));
  const price = prices.brokerHour[type];
  if (price === undefined) throw new BackboneError("INVALID_OPTIONS", `docs/prices.ts has no price for ${type}`);
  const brokers = { value: Number(read(cluster, "NumberOfBrokerNodes")), unit: "brokers" };
  const volume = Number(read(cluster, "BrokerNodeGroupInfo", "StorageInfo", "EBSStorageInfo", "VolumeSize") ?? 0);
  return [
    { what: `brokers, \`${type}\``, factors: [brokers, hours, dollars(price)] },
    { what: "their disks", factors: [brokers, { value: volume, unit: "GB" }, dollars(prices.brokerGbMonth)] },
  ];
}

function registryCosts(resources: readonly TemplateResource[]): CostLine[] {
  const [service] = resources.filter(({ Type }) => Type === "AWS::ECS::Service");
  const [task] = resources.filter(({ Type }) => Type === "AWS::ECS::TaskDefinition");
  if (service === undefined || task === undefined) return [];
  const tasks = { value: Number(read(service, "DesiredCount")), unit: "tasks" };
  const [cpu, memory] = [Number(read(task, "Cpu")) / 1024, Number(read(task, "Memory")) / 1024];
  return [
    {
      what: "registry on Fargate, CPU",
      factors: [tasks, { value: cpu, unit: "vCPU" }, hours, dollars(prices.fargateVcpuHour)],
    },
    {
      what: "registry on Fargate, memory",
      factors: [tasks, { value: memory, unit: "GB" }, hours, dollars(prices.fargateGbHour)],
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
    { what: "HTTP API", factors: [million, dollars(prices.httpApiMillion)] },
    {
      what: "function invocations, those of consumers and relay in batches of 100",
      factors: [{ value: 1.04, unit: "million" }, dollars(prices.invocationMillion)],
    },
    {
      what: "order-service, 512 MB for 50 ms",
      factors: [{ value: 25_000, unit: "GB-s" }, dollars(prices.functionGbSecond)],
    },
    {
      what: "inventory, 512 MB for 300 ms a batch",
      factors: [{ value: 1_500, unit: "GB-s" }, dollars(prices.functionGbSecond)],
    },
    {
      what: "outbox-relay and order-status, 512 MB for 300 ms a batch",
      factors: [{ value: 4_500, unit: "GB-s" }, dollars(prices.functionGbSecond)],
    },
    {
      what: "DynamoDB, two write units for each of 8 items, one for a deletion",
      factors: [{ value: 17, unit: "million units" }, dollars(prices.writeUnitMillion)],
    },
    {
      what: "DynamoDB, a read unit for the stock",
      factors: [{ value: 1, unit: "million units" }, dollars(prices.readUnitMillion)],
    },
    {
      what: "DynamoDB, 0.5 KB an order kept, with backup",
      factors: [{ value: 0.5, unit: "GB" }, dollars(prices.tableGbMonth + prices.backupGbMonth)],
    },
    { what: "logs, 0.5 KB an order", factors: [{ value: 0.5, unit: "GB" }, dollars(prices.logGb)] },
  ];
}

function dollars(price: number) {
  return { value: price, unit: "$" };
}

function read({ Properties }: TemplateResource, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (part, name) =>
      typeof part === "object" && part !== null ? Object.entries(part).find(([key]) => key === name)?.[1] : undefined,
    Properties,
  );
}
