/**
 * A projection as its sender walks it. Synapses offsets[e] <= i < offsets[e + 1] of element e add
 * amount * gain * weight[i] at place[i] of the target's inbox. Where the inbox keeps signs apart, gain and weights are
 * sizes and the place tells the sign.
 * A message sent at t acts at t + 1 + delay: a delay of -1 is the step in which it was sent.
 */
export interface Wire {
  readonly to: number;
  readonly offsets: Int32Array;
  readonly place: Int32Array;
  readonly weight: Float64Array;
  readonly gain: number;
  readonly delay: number;
}
