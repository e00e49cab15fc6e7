"""`python -m benchmarks`: measure everything in one run, print Markdown tables of ratios, and draw them.

With `--write` the tables go to benchmarks/results.md and the plot to docs/pictures/benchmarks.png.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import os
import platform
from pathlib import Path

from benchmarks import compiled, digits, growth, training_step

ROOT = Path(__file__).parent.parent
PACKAGES = ("numpy", "torch", "jax", "autograd", "scikit-learn")


def main() -> None:
    """Read the options, measure, print, and write if that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="How fast is it, against what?")
    parser.add_argument("--repeats", type=int, default=7, help="rounds of the eager comparison (default: 7)")
    parser.add_argument("--steps", type=int, default=3, help="eager training steps in a turn (default: 3)")
    parser.add_argument("--rounds", type=int, default=11, help="rounds of all others (default: 11)")
    parser.add_argument("--points", type=int, default=100, help="points of two moons (default: 100)")
    parser.add_argument("--write", action="store_true", help="write results.md and the plot")
    options = parser.parse_args()
    sections = [f"# Measured\n\n{machine()}\n"]
    for make in (eager_section, compiled_section, digits_section, growth_section):
        sections.append(make(options))
        print(sections[-1], flush=True)
    if options.write:
        (ROOT / "benchmarks" / "results.md").write_text("\n".join(sections), encoding="utf-8")


def machine() -> str:
    """Where and with what it was measured."""
    found = [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES if _is_here(name)]
    return f"Python {platform.python_version()}, {', '.join(found)}; {os.cpu_count()} cores, {platform.machine()}."


def _is_here(name: str) -> bool:
    return importlib.util.find_spec({"scikit-learn": "sklearn"}.get(name, name)) is not None


def eager_section(options: argparse.Namespace) -> str:
    """One eager training step, against an engine in micrograd's way."""
    found = training_step.measure(options.repeats, options.steps, training_step.samples(options.points))
    title = f"## One eager training step of MLP(2, [16, 16, 1]) on {options.points} points, {options.repeats} rounds"
    return f"{title}\n\n{training_step.table(found)}\n"


def compiled_section(options: argparse.Namespace) -> str:
    """Compiled training steps, against NumPy by hand and other packages."""
    parts, plots = ["## Compiled training steps\n"], {}
    for task in (compiled.moons(), compiled.digits()):
        found = compiled.measure(task, options.rounds, steps=100)
        plots[task.name] = found
        size = len(task.batches[0][0])
        parts.append(
            f"{task.name}: {'-'.join(map(str, task.sizes))}, batches of {size}, {options.rounds} rounds of 100\n"
        )
        parts.append(compiled.table(found) + "\n")
    if options.write:
        plot(plots)
    return "\n".join(parts)


def digits_section(_: argparse.Namespace) -> str:
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


def growth_section(_: argparse.Namespace) -> str:
    """How it grows."""
    return f"## Growth, 5 rounds\n\n{growth.table(growth.measure(rounds=5))}\n"


def plot(found: dict[str, list[compiled.Measured]]) -> None:
    """Bars: how many times as long as NumPy by hand."""
    from tinygrad_edu import viz
    from tinygrad_edu.viz import style

    figure, axes = _figure(len(found))
    for axis, (name, results) in zip(axes, found.items(), strict=True):
        hand = results[0].seconds
        ratios = [sorted(s / h for s, h in zip(each.seconds, hand, strict=True)) for each in results]
        middles = [each[len(each) // 2] for each in ratios]
        names = [each.name for each in results]
        colors = [style.POSITIVE if "tinygrad" in each else style.QUIET for each in names]
        bars = axis.barh(names[::-1], middles[::-1], color=colors[::-1])
        axis.bar_label(bars, [f" {each:.2f}" for each in middles[::-1]])
        axis.set(title=f"{name}: a training step, NumPy by hand = 1", xlim=(0, 1.15 * max(middles)))
        axis.spines[["top", "right"]].set_visible(False)
    viz.save_figure(figure, ROOT / "docs" / "pictures" / "benchmarks.png", dpi=110)


def _figure(count: int):  # noqa: ANN202 (Matplotlib is imported only here)
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 1.4 + 1.5 * count), layout="constrained")
    return figure, figure.subplots(count, 1, squeeze=False)[:, 0]


if __name__ == "__main__":
    main()
