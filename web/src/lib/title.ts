const PRODUCT = "Närvaro";

/** The tab's title: unread count and page, never a person's name. */
export function showTitle(page: string, unread: number): void {
  const count = unread > 0 ? `(${unread > 99 ? "99+" : unread}) ` : "";
  document.title = page ? `${count}${page} – ${PRODUCT}` : `${count}${PRODUCT}`;
}
