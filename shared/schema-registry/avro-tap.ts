/** The part of avsc's reading position that types of our own need. */
export interface Tap {
  readonly buf: Buffer;
  pos: number;
  readLong(): number;
  skipLong(): void;
  /** undefined past the end of the bytes. */
  readString(): string | undefined;
  skipString(): void;
}
