import type { ScramRotationEnvironment } from "./env.ts";

/**
 * Replaces the tasks of a service by new ones, which read their secrets when they start; its deployment settings say how.
 * The client is loaded here and not before: most users have no service of ours.
 */
export async function restartService({
  cluster,
  service,
}: NonNullable<ScramRotationEnvironment["ecsService"]>): Promise<void> {
  const { ECSClient, UpdateServiceCommand } = await import("@aws-sdk/client-ecs");
  const client = new ECSClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 4_000, throwOnRequestTimeout: true },
  });
  try {
    await client.send(new UpdateServiceCommand({ cluster, service, forceNewDeployment: true }));
  } finally {
    client.destroy();
  }
}
