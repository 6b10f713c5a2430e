import { useEffect, useRef, useState } from "react";
import type { AttendanceSnapshot, CallSnapshot } from "../../api/wire";
import { i18n } from "../../lib/i18n";

/** What is said to a screen reader alone: who came by themselves (the others: `useArrivals`), who went, one's own microphone. */
export function useAnnouncements(call: CallSnapshot | null, isMicrophoneOn: boolean, isMe: (one: AttendanceSnapshot) => boolean): string {
  const [words, setWords] = useState("");
  const before = useRef<{ names: Map<string, string>; isMicrophoneOn: boolean } | null>(null);
  useEffect(() => {
    if (!call) return;
    const names = new Map(call.attendances.filter((one) => !isMe(one)).map((one) => [one.id, one.name]));
    const old = before.current;
    before.current = { names, isMicrophoneOn };
    if (!old) return;
    const invited = new Set(call.attendances.filter((one) => one.invited_by_name).map((one) => one.id));
    const came = [...names].filter(([id]) => !old.names.has(id) && !invited.has(id)).map(([, name]) => i18n.t("{name} är med i samtalet.", { name }));
    const went = [...old.names].filter(([id]) => !names.has(id)).map(([, name]) => i18n.t("{name} är inte längre med i samtalet.", { name }));
    const mine = old.isMicrophoneOn === isMicrophoneOn ? [] : [isMicrophoneOn ? i18n.t("Mikrofonen är på.") : i18n.t("Mikrofonen är av.")];
    const said = [...came, ...went, ...mine];
    if (said.length > 0) setWords(said.join(" "));
  }, [call, isMicrophoneOn, isMe]);
  return words;
}
