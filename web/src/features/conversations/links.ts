export type TextPart = string | { href: string };

const ADDRESS = /https?:\/\/[^\s<>"]+/giu;
const TRAILING = /[.,;:!?)\]}'’”]+$/u;

/** Split a message into words and addresses. Only http and https become links, and only ever as text. */
export function partsOf(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const href = match[0].replace(TRAILING, "");
    if (!URL.canParse(href)) continue;
    parts.push(text.slice(end, match.index), { href });
    end = match.index + href.length;
  }
  parts.push(text.slice(end));
  return parts.filter((part) => part !== "");
}
