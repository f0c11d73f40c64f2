import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, expect, test, vi } from "vitest";
import { restartService } from "../../../../functions/scram-rotation/restart-service.ts";

afterEach(() => vi.unstubAllEnvs());

test("the service gets new tasks of the definition that it has", async () => {
  const requests: unknown[] = [];
  const server = createServer(async (request, response) => {
    requests.push([request.headers["x-amz-target"], JSON.parse(await text(request))]);
    response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("AWS_ENDPOINT_URL_ECS", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("AWS_REGION", "eu-west-1");
  vi.stubEnv("AWS_PROFILE", undefined); // whoever runs the tests may have one, which would go before the keys
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");

  await restartService({ cluster: "backbone", service: "registry" });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));

  expect(requests).toEqual([
    [
      "AmazonEC2ContainerServiceV20141113.UpdateService",
      { cluster: "backbone", service: "registry", forceNewDeployment: true },
    ],
  ]);
});
