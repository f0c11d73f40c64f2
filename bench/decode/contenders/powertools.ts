import { kafkaConsumer, SchemaType } from "@aws-lambda-powertools/kafka";
import type { ConsumerRecords, MSKEvent } from "@aws-lambda-powertools/kafka/types";
import type { Context } from "aws-lambda";
import { CloudEvent } from "cloudevents";
import type { Contender, HeaderTexts, Sink } from "../contender.ts";
import { schemaText, type WrittenOrder } from "../written-schema.ts";

type Take = (headers: HeaderTexts, order: WrittenOrder, sink: Sink) => void;

/** Powertools' consumer with Avro values: it parses the schema for each value it reads. */
export const powertools: Contender = consumer("Powertools kafka", (headers, order, sink) =>
  sink.addHeaders(headers, order, order.createdAt),
);

/** The same, with a CloudEvent made of the headers, which validates it. */
export const powertoolsCloudEvent: Contender = consumer("Powertools kafka + CloudEvent", (headers, order, sink) => {
  const event = new CloudEvent({
    specversion: headers.ce_specversion ?? "",
    id: headers.ce_id ?? "",
    source: headers.ce_source ?? "",
    type: headers.ce_type ?? "",
    time: headers.ce_time ?? "",
    datacontenttype: headers["content-type"] ?? "",
    traceparent: headers.ce_traceparent ?? "",
    data: order,
  });
  sink.addEvent(event, order, order.createdAt);
});

function consumer(name: string, take: Take): Contender {
  return {
    name,
    withoutPrefix: true,
    async decode(event, sink) {
      await kafkaConsumer<unknown, WrittenOrder>(
        async ({ records }: ConsumerRecords<unknown, WrittenOrder>) => {
          for (const { value, headers } of records) take(Object.assign({}, ...(headers ?? [])), value, sink);
        },
        { value: { type: SchemaType.AVRO, schema: schemaText } },
      )(event as MSKEvent, {} as Context);
    },
  };
}
