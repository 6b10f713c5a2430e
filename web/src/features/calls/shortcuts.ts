import { useEffect, useRef } from "react";
import { createStore, useStore } from "../../lib/store";
import { readStored, writeStored } from "../../lib/stored";

const KEY = "narvaro.shortcuts";
const areOn = createStore(readStored(KEY) !== "off");

export function useShortcutsOn(): [boolean, (isOn: boolean) => void] {
  return [
    useStore(areOn),
    (isOn) => {
      writeStored(KEY, isOn ? null : "off");
      areOn.set(isOn);
    },
  ];
}

/** Ctrl/⌘+D and Ctrl/⌘+E while the page is shown. */
export function useShortcuts(actions: { microphone: () => void; camera: () => void }): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (!areOn.get() || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.repeat) return;
      const act = { d: latest.current.microphone, e: latest.current.camera }[event.key.toLowerCase()];
      if (!act) return;
      event.preventDefault();
      act();
    }
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
}
