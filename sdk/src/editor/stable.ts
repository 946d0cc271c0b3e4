/** Whether a name on a page looks as if somebody chose it, and not a program: only such names are there tomorrow. */

const LONGEST = 60;
/** Ids and attributes that libraries number as they go: React, Radix, Headless UI, MUI, Ember, Ext, Angular and their like. */
const NUMBERED =
  /^(:r[0-9a-z]*:?|«r.*|_r_.*|(radix|headlessui|mui|ember|ext|yui|gwt|cdk|mat|ng|tippy|floating-ui|downshift|react-aria|react-select|rc[-_]|el-id|bits|base-ui|chakra|field|uid|input)[-_:]?.*\d.*)$/i;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}/i;

export function stable(name: string): boolean {
  if (!name || name.length > LONGEST || /[\s«»]/.test(name)) return false;
  if (NUMBERED.test(name) || UUID.test(name) || /\d{3,}/.test(name) || /^\d/.test(name)) return false;
  return !name.split(/[-_:.]+/).some(hashed);
}

/** One of several alike, told apart by a number at its end: another row may bear it tomorrow. */
export const numbered = (name: string): boolean => /[-_:]?\d{1,2}$/.test(name);

/** Letters and digits in turns, hexadecimal numbers, capitals where no word begins. */
function hashed(part: string): boolean {
  if (part.length >= 5 && /[a-z]\d+[a-z]|\d[a-z]+\d/i.test(part)) return true;
  if (part.length >= 6 && /^[0-9a-f]+$/i.test(part) && /\d/.test(part)) return true;
  const words = part.split(/(?=[A-Z])/);
  return words.length >= 3 && part.length / words.length < 3;
}
