/** What the script's own tag says. */

export interface Config {
  /** Where Milepost answers: the origin of the script. */
  base: string;
  key: string;
  user: string | null;
  signature: string | null;
  needsConsent: boolean;
}

export function config(script: HTMLScriptElement): Config {
  const { key, user, signature, consent } = script.dataset;
  return {
    base: new URL(script.src, location.href).origin,
    key: key ?? "",
    user: user || null,
    signature: signature || null,
    needsConsent: consent === "required",
  };
}

/** Everything that the SDK relies on; a browser without it is left alone. */
export function supported(): boolean {
  return (
    typeof fetch === "function" &&
    typeof ReadableStream === "function" &&
    typeof AbortController === "function" &&
    typeof TextDecoderStream === "function" &&
    "adoptedStyleSheets" in Document.prototype &&
    "attachShadow" in Element.prototype
  );
}
