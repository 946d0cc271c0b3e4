/** What the script's own tag says. */

export interface Config {
  /** Where Milepost answers: the origin of the script. */
  base: string;
  key: string;
  user: string | null;
  /** What vouches for the user: a signature, or a token. */
  signature: string | null;
  needsConsent: boolean;
  help: boolean;
}

export function config(script: HTMLScriptElement): Config {
  const { key, user, signature, token, consent, help } = script.dataset;
  return {
    base: new URL(script.src, location.href).origin,
    key: key ?? "",
    user: user || null,
    signature: token || signature || null,
    needsConsent: consent === "required",
    help: help !== "off",
  };
}

/** What pieces need in order to be brought and drawn. Facts are sent without it too. */
export function supported(): boolean {
  return "TextDecoderStream" in window && "adoptedStyleSheets" in Document.prototype;
}
