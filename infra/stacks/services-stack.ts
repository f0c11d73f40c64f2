import { Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { Inventory } from "../constructs/inventory.ts";
import { OrderService } from "../constructs/order-service.ts";
import type { ServiceProps } from "../constructs/service-props.ts";

/** The services on the backbone: the API that takes orders, and the consumer that reserves stock for them. */
export class ServicesStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & ServiceProps) {
    super(scope, id, props);
    new OrderService(this, "OrderService", props);
    new Inventory(this, "Inventory", props);
  }
}
