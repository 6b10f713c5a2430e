"""What a bench says: a table, a file, one line of JSON."""

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
"""What whole runs wrote last is part of the tree; short runs write to `short/`, which is not."""


@dataclass(frozen=True, slots=True)
class Options:
    short: bool = False
    seed: int = 0
    faults: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `target`: the largest ratio that is good, or the smallest when `more_is_better`."""

    what: str
    product: float
    floor: float | None = None
    unit: str = "ms"
    target: float | None = None
    more_is_better: bool = False

    @property
    def ratio(self) -> float | None:
        return self.product / self.floor if self.floor else None

    @property
    def verdict(self) -> str:
        if self.target is None or self.ratio is None:
            return ""
        is_good = self.ratio >= self.target if self.more_is_better else self.ratio <= self.target
        return f"{'≥' if self.more_is_better else '≤'} {self.target:g}: {'reached' if is_good else 'missed'}"


@dataclass(slots=True)
class Result:
    """`ratio_p50` and `ratio_p99`: product divided by floor, of what the bench is about."""

    bench: str
    rows: Sequence[Row]
    ratio_p50: float | None = None
    ratio_p99: float | None = None
    product: Mapping[str, Any] = field(default_factory=dict)
    floor: Mapping[str, Any] = field(default_factory=dict)
    notes: Sequence[str] = ()
    growth: Mapping[str, Any] = field(default_factory=dict)
    """How cost grows as work grows, for the plot (`growth`)."""
    status: int = 0

    def line(self) -> str:
        return json.dumps(self._summary(), ensure_ascii=False)

    def _summary(self) -> dict[str, Any]:
        return {
            "bench": self.bench,
            "ratio_p50": rounded(self.ratio_p50),
            "ratio_p99": rounded(self.ratio_p99),
            "product": {key: rounded(value) for key, value in self.product.items()},
            "floor": {key: rounded(value) for key, value in self.floor.items()},
        }

    def whole(self) -> dict[str, Any]:
        rows = [
            {
                "what": r.what,
                "product": rounded(r.product),
                "floor": rounded(r.floor),
                "ratio": rounded(r.ratio),
                "unit": r.unit,
            }
            for r in self.rows
        ]
        machine = {"at": time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime()), "cores": os.cpu_count(), "load": os.getloadavg()[0]}
        return self._summary() | {"rows": rows, "notes": list(self.notes), "growth": dict(self.growth), "machine": machine}


def growth(size: str, cost: str, lines: Mapping[str, Sequence[tuple[float, float]]]) -> dict[str, Any]:
    """`size`, `cost`: what the axes say, unit included. `lines`: (size, cost) points by name."""
    return {
        "size": size,
        "cost": cost,
        "lines": {name: [list(map(rounded, point)) for point in points] for name, points in lines.items()},
    }


def distribution(cost: str, lines: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    """For the plot of a bench that has no size to grow: seconds → how many of a hundred were done in so many milliseconds."""
    shares = (5, 10, 25, 50, 75, 90, 95)
    points = {name: [(share, percentile(times, share) * 1000) for share in shares] for name, times in lines.items()}
    return growth("Of a hundred, the quickest", cost, points)


def rounded(value: Any) -> Any:
    return round(value, 3) if isinstance(value, float) else value


def write(result: Result, *, short: bool) -> Path:
    path = (RESULTS / "short" if short else RESULTS) / f"{result.bench}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result.whole() | {"short": short}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def print_table(result: Result) -> None:
    head = ("", "product", "floor", "ratio", "to reach")
    lines = [head, *(_cells(row) for row in result.rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    print(f"\n{result.bench}")
    for line in lines:
        cells = [line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:4], widths[1:4], strict=True))]
        print("  ".join([*cells, line[4]]).rstrip())
    for note in result.notes:
        print(note)


def _cells(row: Row) -> tuple[str, str, str, str, str]:
    floor = "–" if row.floor is None else f"{row.floor:,.4g} {row.unit}"
    ratio = "–" if row.ratio is None else f"{row.ratio:.2f} ×"
    return (
        row.what,
        f"{row.product:,.6g} {row.unit}" if row.unit == "" else f"{row.product:,.4g} {row.unit}",
        floor,
        ratio,
        row.verdict,
    )


def percentile(values: Sequence[float], percent: float) -> float:
    """Nearest rank; NaN of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else float("nan")


def spread(values: Sequence[float]) -> dict[str, float]:
    """Seconds → milliseconds."""
    return {
        "n": len(values),
        "p50": percentile(values, 50) * 1000,
        "p95": percentile(values, 95) * 1000,
        "p99": percentile(values, 99) * 1000,
    }
