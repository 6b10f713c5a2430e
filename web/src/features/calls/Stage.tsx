import { type ReactNode, useState } from "react";
import { Tile } from "./Tile";
import { stageTile, type TileFacts } from "./tiles";
import styles from "./Stage.module.css";

interface Props {
  tiles: TileFacts[];
  screens: TileFacts[];
  /** What stands in the place of the others while nobody is there. */
  waiting?: ReactNode;
}

/** A grid of up to six; a shared surface or a pinned person takes the stage, the others sit below. Whoever comes, goes or is pinned, every picture keeps its element. */
export function Stage({ tiles, screens, waiting }: Props) {
  const [pinned, setPinned] = useState<string | null>(null);
  const others = tiles.filter((tile) => !tile.isMe);
  const staged = stageTile(tiles, screens, pinned);
  const canPin = others.length + screens.length > 1;
  const show = (tile: TileFacts) => {
    const isPinned = pinned === tile.id;
    const mayPin = canPin && !tile.isMe && (isPinned || tile.id !== staged?.id);
    return <Tile tile={tile} isPinned={isPinned} onPin={mayPin ? () => setPinned(isPinned ? null : tile.id) : undefined} />;
  };

  const layout = staged ? "staged" : others.length > 1 ? "grid" : "pair";
  const placeOf = (tile: TileFacts) => {
    if (layout === "staged") return tile.id === staged?.id ? styles.big : styles.strip;
    if (layout === "grid") return styles.cell;
    return tile.isMe ? styles.corner : styles.big;
  };
  return (
    <div className={styles[layout]} data-count={Math.min(tiles.length, 6)}>
      {others.length === 0 && !staged && <div className={styles.big}>{waiting}</div>}
      {[...tiles, ...screens].map((tile) => (
        <div key={tile.id} className={placeOf(tile)}>
          {show(tile)}
        </div>
      ))}
    </div>
  );
}
