import { useEffect, useRef, useState } from "react";
import { roleWords } from "../../api/roles";
import type { AttendanceSnapshot, CallSnapshot } from "../../api/wire";
import { i18n } from "../../lib/i18n";

const SHOWN_MS = 12_000;

/** Who has just been let in, and by whom: everybody in the call is to see and hear it. Afterwards *Deltagare* says it. */
export function useArrivals(call: CallSnapshot | null, isMe: (one: AttendanceSnapshot) => boolean): string | null {
  const [words, setWords] = useState<string | null>(null);
  const known = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (!call) return;
    const before = known.current;
    known.current = new Set(call.attendances.map((one) => one.id));
    const came = before ? call.attendances.filter((one) => one.invited_by_name && !before.has(one.id) && !isMe(one)) : [];
    if (came.length > 0) setWords(came.map(arrivalWords).join(" "));
  }, [call, isMe]);
  useEffect(() => {
    if (!words) return;
    const timer = setTimeout(() => setWords(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [words]);
  return words;
}

function arrivalWords({ name, role, invited_by_name }: AttendanceSnapshot): string {
  const who = role ? `${name} (${roleWords(role)})` : name;
  return i18n.t("{who} kommer in – inbjuden av {name}.", { who, name: invited_by_name ?? "" });
}
