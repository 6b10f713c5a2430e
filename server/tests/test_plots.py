"""The plots of the benches are drawn from the results that lie beside them, and shown."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench import plots

BENCH = Path(plots.__file__).parent
RESULTS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted((BENCH / "results").glob("*.json"))}
GROWN = sorted(name for name, result in RESULTS.items() if result.get("growth"))


def test_every_plot_has_a_result() -> None:
    assert [path.stem for path in sorted((BENCH / "plots").glob("*.svg"))] == GROWN


@pytest.mark.parametrize("name", GROWN)
def test_plot_is_what_its_result_draws_and_the_paper_shows_it(name: str) -> None:
    drawn = (BENCH / "plots" / f"{name}.svg").read_text(encoding="utf-8")
    assert drawn == plots.draw(RESULTS[name])
    assert f"(plots/{name}.svg)" in (BENCH / "README.md").read_text(encoding="utf-8")


def test_point_lies_where_the_axes_say() -> None:
    growth = {"size": "Sockets", "cost": "kB each", "lines": {"a & b": [[10, 1.5], [100, 15]]}}
    svg = ElementTree.fromstring(plots.draw({"bench": "x", "growth": growth}))  # noqa: S314 - our own
    circles = svg.findall("{http://www.w3.org/2000/svg}circle")
    (x, y), (further, higher) = [(float(c.attrib["cx"]), float(c.attrib["cy"])) for c in circles]
    assert x < further
    assert y > higher
    labels = {text.text: float(text.attrib["y"]) - 4 for text in svg.iter("{http://www.w3.org/2000/svg}text")}
    assert labels["2"] < y < labels["1"]
    assert labels["20"] < higher < labels["10"]
    assert "a & b" in labels
