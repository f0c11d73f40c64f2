declare module "kafkajs/src/network/requestQueue/index.js" {
  /** Requests of one connection that wait for their turn. */
  export default class RequestQueue {
    pending: unknown[];
    scheduleCheckPendingRequests(): void;
  }
}
