declare module "kafkajs/src/network/requestQueue/index.js" {
  /** Requests of one connection that wait for their turn. */
  export default class RequestQueue {
    pending: unknown[];
    scheduleCheckPendingRequests(): void;
  }
}

declare module "kafkajs/src/broker/saslAuthenticator/scram512.js" {
  import type { Mechanism } from "kafkajs";
  /** What kafkajs itself authenticates with where it is given a username and a password. */
  export default function scram512(credentials: {
    readonly username: string;
    readonly password: string;
  }): Mechanism["authenticationProvider"];
}
