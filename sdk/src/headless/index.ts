import { Client } from "./client";
import type { Milepost, Options } from "./public";

export type * from "./public";

/** A client of Milepost that draws nothing. */
export function createMilepost(options: Options): Milepost {
  return new Client(options);
}
