"""Draws `plots/NAME.svg` from `results/NAME.json`, one for each bench that says how its cost grows: `python -m bench.plots`.

Both axes are logarithmic: a straight line that rises is a power of the work, a level one costs nothing more.
"""

import json
import math
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from bench.report import RESULTS

PLOTS = Path(__file__).parent / "plots"
WIDTH, HEIGHT = 640, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 236, 34, 44
INKS = ("#4f8fe6", "#e0813a", "#3fa36b", "#b467c9", "#d2574f", "#8a8f98", "#b59a1d")
"""Readable on white and on GitHub's dark page, as is the grey of words and lines."""
GREY = "#868c95"
TICKS = (1, 2, 5)


def draw(result: dict[str, Any]) -> str:
    name, growth = result["bench"], result["growth"]
    lines: dict[str, list[tuple[float, float]]] = growth["lines"]
    cost = growth["cost"] + (" (a short run)" if result.get("short") else "")
    points = [point for line in lines.values() for point in line]
    widths, heights = [x for x, _ in points], [y for _, y in points]
    across = Axis(min(widths) / 1.15, max(widths) * 1.15, LEFT, WIDTH - RIGHT)
    up = Axis(tick_below(min(heights)), 1 / tick_below(1 / max(heights)), HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img"'
        f' font-family="system-ui, sans-serif" font-size="12" fill="{GREY}">',
        f"<title>{escape(name)}: {escape(cost)} against {escape(growth['size'].lower())}</title>",
        f'<text x="{LEFT}" y="18">{escape(cost)}</text>',
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 8}" text-anchor="middle">{escape(growth["size"])}</text>',
        *(_across(across.at(x), x) for x in _legible(sorted(set(widths)), across)),
        *(_up(up.at(y), y) for y in up.ticks()),
    ]
    beside = _apart([up.at(line[-1][1]) for line in lines.values()])
    for ink, (label, line), y in zip(INKS, lines.items(), beside, strict=False):
        parts += _line(ink, label, [(across.at(a), up.at(b)) for a, b in line], y)
    return "\n".join([*parts, "</svg>", ""])


class Axis:
    """From what is measured to pixels."""

    def __init__(self, least: float, most: float, first: float, last: float) -> None:
        self.least, self.most = least, most
        self.first, self.last = first, last

    def at(self, value: float) -> float:
        share = math.log(value / self.least) / math.log(self.most / self.least)
        return self.first + share * (self.last - self.first)

    def ticks(self) -> list[float]:
        return [tick for tick in ticks_around(self.least, self.most) if self.least * 0.999 <= tick <= self.most * 1.001]


def ticks_around(least: float, most: float) -> list[float]:
    powers = range(math.floor(math.log10(least)) - 1, math.ceil(math.log10(most)) + 1)
    return [tick * 10.0**power for power in powers for tick in TICKS]


def tick_below(value: float) -> float:
    return max(tick for tick in ticks_around(value, value) if tick < value * 0.98)


def _legible(values: Sequence[float], across: Axis) -> list[float]:
    """From the last, so many as do not lie on each other."""
    kept = [values[-1]]
    for value in reversed(values):
        if across.at(kept[-1]) - across.at(value) >= 48:
            kept.append(value)
    return kept[::-1]


def _across(x: float, value: float) -> str:
    return (
        f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="{GREY}" stroke-opacity=".25"/>'
        f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{value:,.0f}</text>'
    )


def _up(y: float, value: float) -> str:
    return (
        f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{GREY}" stroke-opacity=".25"/>'
        f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:,.4g}</text>'
    )


def _line(ink: str, label: str, points: Sequence[tuple[float, float]], y: float) -> list[str]:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return [
        f'<polyline points="{path}" fill="none" stroke="{ink}" stroke-width="2"/>',
        *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{ink}"/>' for x, y in points),
        f'<text x="{WIDTH - RIGHT + 10}" y="{y + 4:.1f}" fill="{ink}">{escape(label)}</text>',
    ]


def _apart(wanted: Sequence[float]) -> list[float]:
    """Labels beside the ends of their lines, 15 pixels from each other at least."""
    found = dict.fromkeys(range(len(wanted)), 0.0)
    lowest = -math.inf
    for index in sorted(found, key=lambda index: wanted[index]):
        found[index] = lowest = max(wanted[index], lowest + 15)
    over = max(0.0, lowest - (HEIGHT - BOTTOM))
    return [y - over for y in found.values()]


def draw_plots() -> None:
    PLOTS.mkdir(exist_ok=True)
    for path in sorted(RESULTS.glob("*.json")):
        result = json.loads(path.read_text(encoding="utf-8"))
        if result.get("growth"):
            (PLOTS / f"{path.stem}.svg").write_text(draw(result), encoding="utf-8")


if __name__ == "__main__":
    draw_plots()
