/** How the team wants pieces to look: custom properties, in a sheet of its own on the page, where every piece finds them. */

const sheet = new CSSStyleSheet();

export function wear(look: string): void {
  sheet.replaceSync(look);
  if (!document.adoptedStyleSheets.includes(sheet))
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
