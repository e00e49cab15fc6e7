"""How do pictures become small files, and an animated GIF or WebP?

Letters, lines and shades look the same in 255 colours. All frames of a film share one palette, and from frame to frame
only what has changed is written. A WebP could be smaller by a third, if the paper and the letters might be nearly as
drawn; here they are as drawn, so that no edge is seen on a page of the same paper.

Names to know: `smaller`, `gif`, `webp`, `watched`. Read next: `animation.py`.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

if TYPE_CHECKING:
    from PIL.Image import Image

COLORS = 255  # and one for what stays as it was
NEAR = 8  # levels of a channel; of colours that are as near to each other, one will do
GREY = 24  # levels that a grey counts for
EFFORT = 50  # of 100, for a small WebP: more takes seconds, for a hundredth of its size
SAMPLES = 32  # frames that the palette is chosen from

Color: TypeAlias = "tuple[int, ...]"
Item = TypeVar("Item")


def gif(pictures: Sequence[bytes], milliseconds: Sequence[int]) -> bytes:
    """An animated GIF, which begins again at its end.

    Args:
        pictures: the frames as PNG bytes, all of one size.
        milliseconds: how long each of them is shown; a GIF counts in hundredths of a second.
    """
    return _film("GIF", _in_few_colors(pictures), milliseconds, optimize=True)


def webp(pictures: Sequence[bytes], milliseconds: Sequence[int]) -> bytes:
    """An animated WebP, which begins again at its end.

    Args:
        pictures: the frames as PNG bytes, all of one size.
        milliseconds: how long each of them is shown.
    """
    images = [image.convert("RGB") for image in _in_few_colors(pictures)]
    return _film("WEBP", images, milliseconds, lossless=True, quality=EFFORT)


def _film(kind: str, images: Sequence[Image], milliseconds: Sequence[int], **options: Any) -> bytes:
    first, *others = images
    buffer, times = io.BytesIO(), list(milliseconds)
    first.save(buffer, kind, save_all=True, append_images=others, duration=times, loop=0, **options)
    return buffer.getvalue()


def smaller(png: bytes) -> bytes:
    """The same picture as a PNG of at most 255 colours, at a third of its size."""
    buffer = io.BytesIO()
    _in_few_colors([png])[0].save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _in_few_colors(pictures: Sequence[bytes]) -> list[Image]:
    """Pictures, given as PNG bytes, in one palette."""
    from PIL import Image

    images = [Image.open(io.BytesIO(picture)).convert("RGB") for picture in pictures]
    palette = _palette(images)
    return [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]


def _palette(images: Sequence[Image]) -> Image:
    """The colours of some frames that are missed most, each as it is; first that of the paper, in the corner."""
    from PIL import Image

    last = len(images) - 1
    chosen = sorted({round(last * index / (SAMPLES - 1)) for index in range(SAMPLES)})
    width, height = images[0].size
    sheet = Image.new("RGB", (width, height * len(chosen)))
    for row, index in enumerate(chosen):
        sheet.paste(images[index], (0, row * height))
    counted = cast("list[tuple[int, Color]]", sheet.getcolors(sheet.width * sheet.height))
    paper = cast("Color", images[0].getpixel((0, 0)))
    kept: dict[Color, Color] = {paper: paper}
    for _, color in sorted(counted, key=_weight, reverse=True):
        if not _are_near(color, paper):
            kept.setdefault(tuple(level // NEAR for level in color), color)
    palette = Image.new("P", (1, 1))
    palette.putpalette([level for color in list(kept.values())[:COLORS] for level in color])
    return palette


def _are_near(one: Color, other: Color) -> bool:
    """Whether Pillow, which looks for the nearest color roughly, could take one for the other."""
    return all(abs(level - another) <= NEAR for level, another in zip(one, other, strict=True))


def _weight(counted: tuple[int, Color]) -> int:
    """How much a colour is missed: blue and orange mean something, a shade of grey is the edge of a letter."""
    count, color = counted
    return count * (GREY + max(color) - min(color))


def watched(items: Sequence[Item], doing: str) -> Iterable[Item]:
    """The items one by one, with a progress bar on a terminal: for work that takes longer than a second."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True, quiet=not sys.stderr.isatty())
    return track(items, f"  {doing}", console=console, transient=True)
