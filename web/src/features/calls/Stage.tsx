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

/** A grid of up to six; a shared surface or a pinned person takes the stage, the others sit below. */
export function Stage({ tiles, screens, waiting }: Props) {
  const [pinned, setPinned] = useState<string | null>(null);
  const others = tiles.filter((tile) => !tile.isMe);
  const mine = tiles.filter((tile) => tile.isMe);
  const staged = stageTile(tiles, screens, pinned);
  const canPin = others.length + screens.length > 1;
  const show = (tile: TileFacts) => {
    const isPinned = pinned === tile.id;
    const mayPin = canPin && !tile.isMe && (isPinned || tile.id !== staged?.id);
    return <Tile key={tile.id} tile={tile} isPinned={isPinned} onPin={mayPin ? () => setPinned(isPinned ? null : tile.id) : undefined} />;
  };

  if (staged) {
    return (
      <div className={styles.staged}>
        <div className={styles.big}>{show(staged)}</div>
        <div className={styles.strip}>{[...screens, ...tiles].filter((tile) => tile !== staged && tile.id !== staged.id).map(show)}</div>
      </div>
    );
  }
  if (others.length > 1) {
    return (
      <div className={styles.grid} data-count={Math.min(tiles.length, 6)}>
        {tiles.map(show)}
      </div>
    );
  }
  return (
    <div className={styles.pair}>
      <div className={styles.big}>{others[0] ? show(others[0]) : waiting}</div>
      <div className={styles.corner}>{mine.map(show)}</div>
    </div>
  );
}
