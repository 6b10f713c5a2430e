import { dayOf, format } from "../../lib/time";

/** `2026-11-23 14:02:11` */
export function exactly(at: string): string {
  return `${dayOf(at)} ${format(new Date(at), { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" })}`;
}

/** `2026-10` → `oktober 2026`. */
export function monthName(month: string): string {
  return format(new Date(`${month}-15T12:00:00Z`), { month: "long", year: "numeric" });
}
