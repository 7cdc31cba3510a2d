/** What a receiver says of one moment, whichever language it speaks: a place that it vouches for, or why there is none. */
export type GnssReport =
  | {
      readonly lat: number;
      readonly lng: number;
      readonly hdop?: number;
      readonly satellites?: number;
      /** Its own estimate: the place is within it in 95 of 100 cases. */
      readonly errorMetres?: number;
      /** By its own clock, which may be weeks wrong. */
      readonly receiverMs?: number;
    }
  | { readonly none: string };

/** What every receiver says indoors. */
export const NO_FIX = { none: 'no fix' } as const;
/** It computes where it should be, or plays; it does not know where it is. */
export const NOT_MEASURED = { none: 'a place that is estimated or simulated' } as const;
