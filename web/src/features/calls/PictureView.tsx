import { useEffect, useRef } from "react";
import type { Picture } from "../media/people";
import styles from "./Tile.module.css";

/** A moving picture without its sound. Decoration to a screen reader: the tile says whose it is. */
export function PictureView({ picture, isMirrored = false, isWhole = false, isHeld = false }: { picture: Picture; isMirrored?: boolean; isWhole?: boolean; isHeld?: boolean }) {
  const ref = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    picture.attach(element);
    return () => picture.detach(element);
    // The key stands for the picture: it is made anew at each change in the room.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [picture.key]);
  useEffect(() => {
    if (isHeld) return picture.hold?.();
    // As above.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [picture.key, isHeld]);
  return <video ref={ref} className={styles.video} data-mirrored={isMirrored || undefined} data-whole={isWhole || undefined} autoPlay playsInline muted aria-hidden />;
}
