/** Who this browser is: a device until somebody signs in, and a new device when somebody else does. */
import type { Identity } from "../types";
import type { Keeper } from "./memory";
import { newId } from "./message";

export class Who implements Identity {
  /** A signature vouches for one user id; it is never written down. */
  private _vouched: { userId: string; signature: string } | null = null;

  private _memory: Keeper;

  private _leave: () => void;

  /** `leave` comes before anybody else is here. */
  constructor(memory: Keeper, leave: () => void) {
    this._memory = memory;
    this._leave = leave;
  }

  get anonymousId(): string {
    return this._memory.get("anonymous") ?? this._asDevice(newId());
  }

  get userId(): string | null {
    return this._memory.get("user") || null;
  }

  get signature(): string | null {
    return this._vouched && this._vouched.userId === this.userId ? this._vouched.signature : null;
  }

  /** True when this is news. Another person on the same device begins as a new device. */
  becomes(userId: string, signature: string | null): boolean {
    const { userId: before, signature: known } = this;
    if (before && before !== userId) this.forget();
    this._memory.set("user", userId);
    if (signature) this._vouched = { userId, signature };
    return before !== userId || known !== this.signature;
  }

  /** Takes over what another tab knows. */
  adopt({ anonymousId, userId, signature }: Identity): void {
    this._asDevice(anonymousId);
    this._memory.set("user", userId ?? "");
    this._vouched = userId && signature ? { userId, signature } : null;
  }

  forget(): void {
    this._leave();
    this._asDevice(newId());
    this._memory.set("user", "");
    this._vouched = null;
  }

  private _asDevice(anonymousId: string): string {
    this._memory.set("anonymous", anonymousId);
    return anonymousId;
  }
}
