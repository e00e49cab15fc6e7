"""How do pictures become an animated GIF?

All frames share one palette, and from frame to frame only what has changed is written, so that the file stays small.

Names to know: `gif`, `watched`. Read next: `animation.py`.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast

if TYPE_CHECKING:
    from PIL.Image import Image

COLORS = 127  # and one for what stays as it was: half of what a GIF can have, which a flat drawing does not miss
COMMON = 31  # of these, the most common
NEAR = 12  # levels of a channel: Pillow would take such a colour for white
SAMPLES = 8  # frames that the palette is chosen from

Color: TypeAlias = "tuple[int, ...]"
Item = TypeVar("Item")


def gif(pictures: Sequence[bytes], milliseconds: Sequence[int]) -> bytes:
    """An animated GIF, which begins again at its end.

    Args:
        pictures: the frames as PNG bytes, all of one size.
        milliseconds: how long each of them is shown; a GIF counts in hundredths of a second.
    """
    from PIL import Image

    images = [Image.open(io.BytesIO(picture)).convert("RGB") for picture in pictures]
    palette = _palette(images)
    first, *others = (image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images)
    buffer = io.BytesIO()
    times = list(milliseconds)
    first.save(buffer, "GIF", save_all=True, append_images=others, duration=times, loop=0, optimize=True)
    return buffer.getvalue()


def _palette(images: Sequence[Image]) -> Image:
    """The most common colours of some frames as they are, so that white stays white; others come near the rest."""
    from PIL import Image

    last = len(images) - 1
    chosen = sorted({round(last * index / (SAMPLES - 1)) for index in range(SAMPLES)})
    width, height = images[0].size
    sheet = Image.new("RGB", (width, height * len(chosen)))
    for row, index in enumerate(chosen):
        sheet.paste(images[index], (0, row * height))
    by_count = sorted(cast("list[tuple[int, Color]]", sheet.getcolors(sheet.width * sheet.height)), reverse=True)
    common = [color for _, color in by_count[:COMMON]]
    rest = cast("list[int]", sheet.quantize(COLORS - COMMON).getpalette())
    others = [color for color in zip(rest[::3], rest[1::3], rest[2::3], strict=True) if _is_apart(color, common)]
    palette = Image.new("P", (1, 1))
    palette.putpalette([channel for color in common + others for channel in color])
    return palette


def _is_apart(color: Color, others: Iterable[Color]) -> bool:
    return all(max(abs(a - b) for a, b in zip(color, other, strict=True)) > NEAR for other in others)


def watched(items: Sequence[Item], doing: str) -> Iterable[Item]:
    """The items one by one, with a progress bar on a terminal: for work that takes longer than a second."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True, quiet=not sys.stderr.isatty())
    return track(items, f"  {doing}", console=console, transient=True)
