/**
 * Prices on demand in US East (N. Virginia), in US dollars, without tax, discounts and free tiers, as known in November
 * 2026. They are not read from AWS's pages by a machine: each names the page to check it on.
 */
export const prices = {
  collected: "November 2026",
  region: "US East (N. Virginia)",
  /** A month of AWS's price pages. */
  hoursPerMonth: 730,
  /** A broker an hour, by instance type. https://aws.amazon.com/msk/pricing/ */
  brokerHour: {
    "kafka.t3.small": 0.0456,
    "kafka.m5.large": 0.21,
    "kafka.m7g.large": 0.204,
    "kafka.m7g.xlarge": 0.408,
    "kafka.m7g.2xlarge": 0.816,
    "express.m7g.large": 0.408,
  } as Readonly<Record<string, number>>,
  brokerGbMonth: 0.1,
  /** https://aws.amazon.com/vpc/pricing/ */
  natGatewayHour: 0.045,
  natGatewayGb: 0.045,
  publicAddressHour: 0.005,
  /** https://aws.amazon.com/privatelink/pricing/ */
  interfaceEndpointHour: 0.01,
  /** 20 MB/s and ten pollers each. https://docs.aws.amazon.com/lambda/latest/dg/kafka-scaling-modes.html */
  pollerUnitHour: 0.185,
  /** Linux on x86. https://aws.amazon.com/fargate/pricing/ */
  fargateVcpuHour: 0.04048,
  fargateGbHour: 0.004445,
  /** https://aws.amazon.com/elasticloadbalancing/pricing/ */
  loadBalancerHour: 0.0225,
  /** https://aws.amazon.com/kms/pricing/ */
  keyMonth: 1,
  /** https://aws.amazon.com/secrets-manager/pricing/ */
  secretMonth: 0.4,
  /** https://aws.amazon.com/cloudwatch/pricing/ */
  alarmMonth: 0.1,
  /** A custom metric, which those that a mapping is asked for are billed as. */
  metricMonth: 0.3,
  dashboardMonth: 3,
  logGb: 0.5,
  /** https://aws.amazon.com/api-gateway/pricing/ */
  httpApiMillion: 1,
  /** https://aws.amazon.com/lambda/pricing/, ARM */
  invocationMillion: 0.2,
  functionGbSecond: 0.0000133334,
  /** https://aws.amazon.com/dynamodb/pricing/on-demand/ */
  writeUnitMillion: 0.625,
  readUnitMillion: 0.125,
  tableGbMonth: 0.25,
  backupGbMonth: 0.2,
} as const;
