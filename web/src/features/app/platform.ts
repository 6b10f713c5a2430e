/** What kind of phone or computer this is, as far as installing the app goes. */
export type Platform = "iphone" | "android" | "computer";

export function platformOf(userAgent: string, touchPoints: number): Platform {
  if (/iPhone|iPad|iPod/u.test(userAgent) || (/Macintosh/u.test(userAgent) && touchPoints > 1)) return "iphone";
  return /Android/u.test(userAgent) ? "android" : "computer";
}

export function isInstalled(): boolean {
  return matchMedia("(display-mode: standalone)").matches || (navigator as { standalone?: boolean }).standalone === true;
}
