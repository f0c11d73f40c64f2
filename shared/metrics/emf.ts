export interface Metric {
  readonly name: string;
  readonly unit: "Count" | "Milliseconds";
  /** A finite number. */
  readonly value: number;
}

export interface MetricsDocument {
  /** CloudWatch namespace, 1–255 ASCII characters, not beginning with a colon or `AWS/`. */
  readonly namespace: string;
  readonly timestamp: Date;
  /** 1 to 30 dimensions, one set of them; a value has 1–1,024 characters. Their values are the series that are paid for. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** 1 to 100. A name occurs once, and not as the name of a dimension. */
  readonly metrics: readonly Metric[];
}

/**
 * One line in CloudWatch's embedded metric format: CloudWatch Logs makes metrics of it, asynchronously and at least
 * once; no call, no client, no permission beyond writing logs.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function emfLine({ namespace, timestamp, dimensions, metrics }: MetricsDocument): string {
  return JSON.stringify({
    _aws: {
      Timestamp: timestamp.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: namespace,
          Dimensions: [Object.keys(dimensions)],
          Metrics: metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })),
        },
      ],
    },
    ...dimensions,
    ...Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
  });
}
