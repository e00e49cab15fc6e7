"""`python -m benchmarks`: measure everything in one run, print Markdown tables of ratios, and draw them.

With `--write` the tables go to benchmarks/results.md and the plot to docs/pictures/benchmarks.png, for a dark page to
benchmarks.dark.png.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import os
import platform
import statistics
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import compiled, digits, families, growth, loops, samples, training_step

if TYPE_CHECKING:
    from tinygrad_edu.viz.style import Theme

ROOT = Path(__file__).parent.parent
PACKAGES = ("numpy", "torch", "jax", "autograd", "mygrad", "micrograd", "scikit-learn")


def main() -> None:
    """Read the options, measure, print, and write if that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="How fast is it, against what?")
    parser.add_argument("--repeats", type=int, default=7, help="rounds of the eager comparison (default: 7)")
    parser.add_argument("--steps", type=int, default=3, help="eager training steps in a turn (default: 3)")
    parser.add_argument("--rounds", type=int, default=11, help="rounds of all others (default: 11)")
    parser.add_argument("--points", type=int, default=100, help="points of two moons (default: 100)")
    parser.add_argument("--write", action="store_true", help="write results.md and the plot")
    options = parser.parse_args()
    steps: dict[str, list[compiled.Measured]] = {}
    curve: list[growth.Growth] = []
    sections = [f"# Measured\n\n{machine()}\n"]
    for make in (
        lambda: eager_section(options),
        lambda: compiled_section(options, steps),
        digits_section,
        lambda: growth_section(curve),
        samples_section,
        loops_section,
        families_section,
    ):
        sections.append(make())
        print(sections[-1], flush=True)
    if options.write:
        (ROOT / "benchmarks" / "results.md").write_text("\n".join(sections), encoding="utf-8")
        plot(steps, curve)


def machine() -> str:
    """Where and with what it was measured."""
    found = [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES if _is_here(name)]
    return f"Python {platform.python_version()}, {', '.join(found)}; {os.cpu_count()} cores, {platform.machine()}."


def _is_here(name: str) -> bool:
    return importlib.util.find_spec({"scikit-learn": "sklearn"}.get(name, name)) is not None


def eager_section(options: argparse.Namespace) -> str:
    """One eager training step, against an engine in micrograd's way."""
    data = training_step.samples(options.points)
    parts = [f"## One eager training step of MLP(2, [16, 16, 1]) on {len(data)} points, {options.repeats} rounds\n"]
    for collect, said in ((False, "The collector as it is:"), (True, "All garbage collected before each turn:")):
        found = training_step.measure(options.repeats, options.steps, data, collect=collect)
        parts.append(f"{said}\n\n{training_step.table(found)}\n")
    return "\n".join(parts)


def compiled_section(options: argparse.Namespace, steps: dict[str, list[compiled.Measured]]) -> str:
    """Compiled training steps, against NumPy by hand and other packages; what was measured goes into `steps`."""
    parts = ["## Compiled training steps\n"]
    for task in (compiled.moons(), compiled.digits()):
        found = steps[task.name] = compiled.measure(task, options.rounds, steps=100)
        size = len(task.batches[0][0])
        parts.append(
            f"{task.name}: {'-'.join(map(str, task.sizes))}, batches of {size}, {options.rounds} rounds of 100\n"
        )
        parts.append(compiled.table(found) + "\n")
    return "\n".join(parts)


def digits_section() -> str:
    """How well the compiled network reads."""
    if not _is_here("scikit-learn"):
        return "## Digits\n\nscikit-learn, which has the images, is not installed.\n"
    found = [digits.train(seed=seed) for seed in range(4)]
    shares = ", ".join(f"{100 * each.accuracy:.1f} %" for each in found)
    seconds = max(each.seconds for each in found)
    said = (
        f"On the held-out fifth after 20 epochs, for the seeds 0 to 3: {shares}. Graph, compiler and training: at most"
    )
    return f"## Digits\n\n{said} {seconds:.2f} s.\n"


def growth_section(curve: list[growth.Growth]) -> str:
    """How it grows; what was measured goes into `curve`."""
    curve += growth.measure(rounds=5)
    return f"## Growth, 5 rounds\n\n{growth.table(curve)}\n"


def samples_section() -> str:
    """One program for any number of samples."""
    found = [samples.measure(each) for each in samples.SAMPLES]
    return f"## Any number of samples: MLP(2, [16, 16, 1]), squared error\n\n{samples.table(found)}"


def loops_section() -> str:
    """Loops of scalars, beside the same by hand."""
    return f"## Loops of scalars, {loops.ROUNDS} rounds\n\n{loops.table()}\n"


def families_section() -> str:
    """Lines and compile time of the losses that learners write."""
    everyone = families.families | families.LARGE
    rows = "\n".join(str(families.measure(name, make)) for name, make in everyone.items())
    said = f"The shortest of {families.ROUNDS} rounds; passes are eager passes"
    return f"## Losses that learners write\n\n{said}.\n\n```\n{families.HEAD}\n{rows}\n```\n"


def plot(steps: dict[str, list[compiled.Measured]], curve: list[growth.Growth]) -> None:
    """Bars: how many times as long as NumPy by hand. Curves: the seconds of compiling and of an eager pass."""
    from matplotlib.figure import Figure

    from tinygrad_edu import viz
    from tinygrad_edu.viz.look import Look
    from tinygrad_edu.viz.plots import dress
    from tinygrad_edu.viz.style import DARK, LIGHT

    for theme, name in ((LIGHT, "benchmarks.png"), (DARK, "benchmarks.dark.png")):
        figure = Figure(figsize=(10, 11), layout="constrained", facecolor=theme.paper)
        *bars, last = figure.subplots(3, 1, height_ratios=(1, 1, 1.6))
        for axis, (title, results) in zip(bars, steps.items(), strict=True):
            _draw_bars(axis, title, results, theme)
        _draw_growth(last, curve, theme)
        for axis in (*bars, last):
            axis.spines[["top", "right"]].set_visible(False)
            dress(axis, Look(theme))
        viz.save_figure(figure, ROOT / "docs" / "pictures" / name, dpi=110)


def _draw_bars(axis: Any, title: str, results: list[compiled.Measured], theme: Theme) -> None:
    hand = results[0].seconds
    middles = [statistics.median(s / h for s, h in zip(each.seconds, hand, strict=True)) for each in results]
    names = [each.name for each in results]
    colors = [theme.positive if "tinygrad" in each else theme.faint for each in names]
    bars = axis.barh(names[::-1], middles[::-1], color=colors[::-1])
    axis.bar_label(bars, [f" {each:.2f}" for each in middles[::-1]], color=theme.ink)
    axis.set(title=f"{title}: a training step, NumPy by hand = 1", xlim=(0, 1.15 * max(middles)))


def _draw_growth(axis: Any, curve: list[growth.Growth], theme: Theme) -> None:
    for kind, marker in (("network", "o"), ("written out", "s")):
        found = [each for each in curve if each.name.startswith(kind)]
        edges = [each.edges for each in found]
        for what, color, line in (("compile", theme.positive, "-"), ("eager", theme.faint, "--")):
            seconds = [statistics.median(getattr(each, what)) for each in found]
            axis.plot(edges, seconds, line, color=color, marker=marker, label=f"{what}, {kind}")
    axis.set(xscale="log", yscale="log", xlabel="edges of the scalar graph", ylabel="seconds")
    axis.set_title("compiling, beside one eager forward and backward pass of the same graph")
    axis.legend(frameon=False, labelcolor=theme.ink)


if __name__ == "__main__":
    main()
