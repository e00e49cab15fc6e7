"""The pages that are embedded in the guide, written again with each build, beside it."""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx

from tinygrad_edu import parse, viz

PLAYERS = {"circuit": ("q = x + y; f = q * z", {"x": -2, "y": 5, "z": -4})}


def make(app: Sphinx, error: Exception | None) -> None:
    """Write them, if the build has succeeded so far."""
    if error is None and app.builder.format == "html":
        folder = Path(app.outdir) / "players"
        folder.mkdir(exist_ok=True)
        lang = "zh" if app.config.language.startswith("zh") else "en"
        for name, (expression, values) in PLAYERS.items():
            viz.player(parse(expression, **values), lang=lang).save(folder / f"{name}.html")
        viz.playground(lang=lang).save(folder / "playground.html")  # the links of the guide say what it opens with


def setup(app: Sphinx) -> dict[str, bool]:
    """Write them when a build ends."""
    app.connect("build-finished", make)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
