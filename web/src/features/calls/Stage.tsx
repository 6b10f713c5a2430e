import { type ReactNode, useState } from "react";
import { Tile } from "./Tile";
import { isPinnedForAll, stageTiles, type TileFacts } from "./tiles";
import styles from "./Stage.module.css";

interface Props {
  tiles: TileFacts[];
  screens: TileFacts[];
  /** What stands in the place of the others while nobody is there. */
  waiting?: ReactNode;
}

/** A grid of up to six; a shared surface or a pinned person takes the stage, or both do, the others sit below. Whoever comes, goes or is pinned, every picture keeps its element. */
export function Stage({ tiles, screens, waiting }: Props) {
  const [pinned, setPinned] = useState<string | null>(null);
  const others = tiles.filter((tile) => !tile.isMe);
  const staged = stageTiles(tiles, screens, pinned);
  const canPin = others.length + screens.length > 1;
  const show = (tile: TileFacts) => {
    const isPinned = pinned === tile.id;
    const mayPin = canPin && !tile.isMe && (isPinned || staged.length > 1 || !staged.includes(tile));
    const isRead = (isPinned || isPinnedForAll(tile)) && tile.attendance?.role === "sign_language_interpreter";
    return <Tile tile={tile} isPinned={isPinned} isHeld={isRead} onPin={mayPin ? () => setPinned(isPinned ? null : tile.id) : undefined} />;
  };

  const layout = staged.length > 0 ? "staged" : others.length > 1 ? "grid" : "pair";
  const placeOf = (tile: TileFacts) => {
    if (layout === "staged") return staged.includes(tile) ? styles.big : styles.strip;
    if (layout === "grid") return styles.cell;
    return tile.isMe ? styles.corner : styles.big;
  };
  return (
    <div className={styles[layout]} data-count={Math.min(tiles.length, 6)} data-two={staged.length > 1 || undefined}>
      {others.length === 0 && staged.length === 0 && <div className={styles.big}>{waiting}</div>}
      {[...tiles, ...screens].map((tile) => (
        <div key={tile.id} className={placeOf(tile)}>
          {show(tile)}
        </div>
      ))}
    </div>
  );
}
