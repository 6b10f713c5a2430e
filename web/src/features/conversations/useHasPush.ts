import { useEffect, useState } from "react";

/** May this browser show that somebody rings although the page is closed or the phone is locked? */
export function useHasPush(): boolean {
  const [hasPush, setHasPush] = useState(false);
  useEffect(() => {
    let isWanted = true;
    void findSubscription().then((found) => isWanted && setHasPush(found));
    return () => {
      isWanted = false;
    };
  }, []);
  return hasPush;
}

async function findSubscription(): Promise<boolean> {
  if (!("serviceWorker" in navigator) || !("Notification" in window) || Notification.permission !== "granted") return false;
  try {
    const registration = await navigator.serviceWorker.getRegistration();
    return registration !== undefined && (await registration.pushManager.getSubscription()) !== null;
  } catch {
    return false;
  }
}
