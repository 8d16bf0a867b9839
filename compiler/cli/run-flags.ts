/** Flags of `run` and `simulate`. */
export interface RunFlags {
  readonly data: string;
  readonly labels?: string;
  readonly target?: string;
  readonly limit?: number;
  readonly from?: number;
  readonly inputScale?: number;
  readonly inputOffset?: number;
  readonly compare?: readonly string[];
  readonly neurons?: boolean;
  readonly json?: boolean;
}
