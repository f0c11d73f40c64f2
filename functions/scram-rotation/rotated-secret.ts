import {
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { passwordLength } from "./credentials.ts";

/** A secret with its versions, each under the id that is also the token of the rotation that made it. */
export interface RotatedSecret {
  describe(): Promise<SecretState>;
  /** What a version holds; undefined if there is no such version, or nothing in it yet. */
  read(version: string): Promise<string | undefined>;
  /** Gives a version its value, as AWSPENDING. One that has a value already keeps that. */
  put(version: string, text: string): Promise<void>;
  /** 32 letters and digits. */
  randomPassword(): Promise<string>;
  /**
   * Moves AWSCURRENT from one version to another, in one step.
   *
   * @throws if AWSCURRENT is not where it is to be taken from
   */
  makeCurrent(version: string, from: string): Promise<void>;
}

export interface SecretState {
  readonly rotationEnabled: boolean;
  /** Staging labels by version. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
}

export function createRotatedSecret(client: SecretsManagerClient, secretArn: string): RotatedSecret {
  const SecretId = secretArn;
  return {
    async describe() {
      const { RotationEnabled, VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId }));
      return { rotationEnabled: RotationEnabled === true, labels: new Map(Object.entries(VersionIdsToStages)) };
    },
    async read(version) {
      try {
        return (await client.send(new GetSecretValueCommand({ SecretId, VersionId: version }))).SecretString;
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    },
    async put(version, text) {
      try {
        await client.send(
          new PutSecretValueCommand({
            SecretId,
            ClientRequestToken: version,
            SecretString: text,
            VersionStages: ["AWSPENDING"],
          }),
        );
      } catch (error) {
        // The same step, called twice at once, was faster elsewhere: its password is the one.
        if (!(error instanceof ResourceExistsException)) throw error;
      }
    },
    async randomPassword() {
      const { RandomPassword = "" } = await client.send(
        new GetRandomPasswordCommand({ PasswordLength: passwordLength, ExcludePunctuation: true }),
      );
      return RandomPassword;
    },
    async makeCurrent(version, from) {
      await client.send(
        new UpdateSecretVersionStageCommand({
          SecretId,
          VersionStage: "AWSCURRENT",
          MoveToVersionId: version,
          RemoveFromVersionId: from,
        }),
      );
    },
  };
}
