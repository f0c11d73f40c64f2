import { Aws } from "aws-cdk-lib";
import { Grant, type IGrantable } from "aws-cdk-lib/aws-iam";

/** A secret, and the KMS key of the customer's own that it is encrypted with, if there is one. */
export interface EncryptedSecret {
  readonly secretArn: string;
  readonly keyArn?: string;
}

/** Condition of a statement on such a key: it serves Secrets Manager alone. */
export const throughSecretsManager = { "kms:ViaService": `secretsmanager.${Aws.REGION}.amazonaws.com` };

/**
 * Lets somebody read a secret, and use its key to no other end.
 *
 * By their ARNs: the key itself would put the reader into its policy, and so the reader's stack into the secret's, which
 * the reader's depends on. The key has to leave it to IAM who may use it.
 */
export function grantReadSecret(grantee: IGrantable, { secretArn, keyArn }: EncryptedSecret): void {
  Grant.addToPrincipal({
    grantee,
    actions: ["secretsmanager:GetSecretValue"],
    resourceArns: [secretArn],
  }).assertSuccess();
  if (keyArn === undefined) return;
  Grant.addToPrincipal({
    grantee,
    actions: ["kms:Decrypt"],
    resourceArns: [keyArn],
    conditions: { StringEquals: throughSecretsManager },
  }).assertSuccess();
}
