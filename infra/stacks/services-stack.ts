import { Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { Inventory } from "../constructs/inventory.ts";
import { createTableKey } from "../constructs/kept-table.ts";
import { OrderService } from "../constructs/order-service.ts";
import { OrderStatus } from "../constructs/order-status.ts";
import type { ServiceProps } from "../constructs/service-props.ts";

/**
 * The services on the backbone: the API that takes orders, the consumer that reserves stock for them, and the read model
 * that tells what became of them.
 */
export class ServicesStack extends Stack {
  constructor(scope: Construct, id: string, stackProps: StackProps & Omit<ServiceProps, "tableKey">) {
    super(scope, id, stackProps);
    const props: ServiceProps = { ...stackProps, tableKey: createTableKey(this, stackProps.config.stage) };
    const { api } = new OrderService(this, "OrderService", props);
    new Inventory(this, "Inventory", props);
    new OrderStatus(this, "OrderStatus", { ...props, api });
  }
}
