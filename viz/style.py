"""Which colours, pens and fonts is everything drawn with, on paper and in the dark?

This is the only palette. Blue is positive and orange negative, a pair that colour-blind eyes keep apart (Okabe and
Ito); the stronger the colour and the thicker the pen, the larger the number. A sign is never shown by colour alone: the
number is beside it, and negative pens are dashed. Letters have a contrast of 4.5 to what is below them, and lines and
points that mean something one of 3, on paper and in the dark.

Names to know: `Theme`, `themed`, `law`, `variables`. Read next: `look.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from tinygrad_edu.choices import unknown

FONT = "DejaVu Sans"  # Graphviz knows its widths
FONTS = "DejaVu Sans, Verdana, Noto Sans, Noto Sans SC, sans-serif"  # what a browser may use instead

INK = "#1b1f24"  # text
PEN = "#57606a"  # outlines and arrows without a number
PAPER = "#ffffff"
POSITIVE = "#0072b2"  # blue
NEGATIVE = "#d55e00"  # vermilion

MARKERS = ("^", "o", "s", "D", "v", "P")  # of data points, a shape for each class

PAGE = {  # what is drawn in which colour on a page, on paper and in the dark
    "paper": (PAPER, "#14171b"),
    "wash": ("#f5f8fb", "#151e27"),
    "positive": (POSITIVE, "#56b4e9"),
    "negative": (NEGATIVE, "#f0954a"),
    "positive-on-tint": ("#003a5c", "#d6ecfb"),  # letters on the strongest tint of the same sign
    "negative-on-tint": ("#6b2d00", "#ffe6d3"),
    "class-2": (
        "#009e73",
        "#3ecf9d",
    ),  # of points; classes 0 and 1 are negative and positive, as the output of a network is
    "class-3": ("#cc79a7", "#e6a5cb"),
    "class-4": ("#8a6a00", "#e8c34f"),
    "class-5": ("#6a4fb3", "#b9a4f2"),
    "on-positive": ("#ffffff", "#06202f"),  # letters on the full colour
    "on-negative": ("#1c0c00", "#2a1200"),
    "raised": ("#fbfcfd", "#1c2127"),
    "ink": (INK, "#e8ebee"),
    "quiet": ("#59626c", "#a3adb8"),
    "line": ("#cfd6dd", "#3a434d"),
    "line-strong": ("#6b7580", "#8f9aa6"),
    "accent": ("#0b62b8", "#7cc0f5"),
    "on-accent": ("#ffffff", "#10151a"),
    "value": ("#00603f", "#63d6a9"),
    "gradient": ("#a3320b", "#ffa48a"),
    "positive-text": ("#005f9e", "#7cc0f5"),  # numbers in a text have to be darker than lines
    "negative-text": ("#a83c00", "#ffa274"),
    "weight": ("#2b2f8f", "#aab0ff"),
    "input": ("#0f6b3e", "#7fd6a3"),
    "good": ("#00603f", "#63d6a9"),
    "bad": ("#b01e1e", "#ff9b94"),
    "code-ink": (INK, INK),  # of a QR code: cameras want it dark on light
    "code-paper": (PAPER, PAPER),
    "shadow": ("#1b1f2438", "#000000a0"),
}

PICTURE = {  # and in a picture that stands alone, besides
    "outline": (PEN, "#8f9aa6"),
    "faint": ("#8c959f", "#6b7580"),  # lines that matter less: of numbers that are 0
    "operation": ("#eaeef2", "#2b323a"),  # the small round nodes
    "constant": ("#f6f8fa", "#1c2127"),  # plain numbers
}

STRONGEST_TINT = 0.55  # black text has to stay readable on it
THINNEST, THICKEST = 0.8, 3.2
PALEST = 0.125  # of a line that is still seen on paper


@dataclass(frozen=True)
class Theme:
    """The colours of a picture.

    Attributes:
        name: "light" or "dark".
        paper: what it is drawn on.
        ink: letters.
        quiet: letters that matter less: legends.
        outline: of nodes, and arrows without a number.
        faint: lines that matter less.
        strong: edges of boxes in a circuit diagram.
        line: edges of what is not reached yet, and of legends.
        positive: of numbers above 0.
        negative: of numbers below 0.
        operation: the small round nodes.
        constant: plain numbers.
        classes: of data points, a colour for each class; each has a marker too.
    """

    name: str
    paper: str
    ink: str
    quiet: str
    outline: str
    faint: str
    strong: str
    line: str
    positive: str
    negative: str
    operation: str
    constant: str
    classes: tuple[str, ...]

    def tint(self, number: float, largest: float) -> str:
        """The background for a number: paper for 0, and the larger it is, the more blue or orange.

        >>> LIGHT.tint(0.0, 1.0), LIGHT.tint(1.0, 1.0), DARK.tint(1.0, 1.0)
        ('#ffffff', '#73b1d5', '#386d8c')
        """
        share = STRONGEST_TINT * _share(number, largest)
        return mixed(self.paper, self.positive if number > 0 else self.negative, share)

    def pen(self, number: float, largest: float) -> dict[str, str]:
        """Graphviz attributes of a line for a number: colour and dashes for the sign, width for the size.

        >>> LIGHT.pen(-1.0, 1.0)
        {'color': '#d55e00', 'penwidth': '3.20', 'style': 'dashed'}
        """
        width = THINNEST + (THICKEST - THINNEST) * _share(number, largest)
        if number == 0 or number != number:
            return {"color": self.faint, "penwidth": f"{THINNEST:.2f}", "style": "solid"}
        color, style = (self.positive, "solid") if number > 0 else (self.negative, "dashed")
        return {"color": color, "penwidth": f"{width:.2f}", "style": style}

    def faded_pen(self, number: float, largest: float) -> dict[str, str]:
        """A pen for one line among very many: small numbers are thin and pale, so that the large ones are seen.

        >>> LIGHT.faded_pen(0.01, 1.0)["color"], LIGHT.faded_pen(1.0, 1.0)["color"]
        ('#dfedf5', '#0072b2')
        """
        lines = self.pen(number, largest)
        share = _share(number, largest) ** 2  # in proportion to the number
        width = THINNEST / 2 + (THICKEST - THINNEST) * share
        return {**lines, "color": mixed(self.paper, lines["color"], max(PALEST, share)), "penwidth": f"{width:.2f}"}

    def pale_pen(self, number: float) -> dict[str, str]:
        """The thinnest and palest pen, for a line that is there and does not matter: its sign alone can be seen.

        >>> LIGHT.pale_pen(-1.0)
        {'color': '#faebdf', 'penwidth': '0.40', 'style': 'dashed'}
        """
        lines = self.pen(number, 0.0)
        return {**lines, "color": mixed(self.paper, lines["color"], PALEST), "penwidth": f"{THINNEST / 2:.2f}"}


def _theme(name: str, side: int) -> Theme:
    colors = {key: pair[side] for key, pair in (PAGE | PICTURE).items()}
    plain = ("paper", "ink", "quiet", "outline", "faint", "line", "positive", "negative", "operation", "constant")
    classes = ("negative", "positive", "class-2", "class-3", "class-4", "class-5")
    return Theme(
        name,
        strong=colors["line-strong"],
        classes=tuple(colors[key] for key in classes),
        **{key: colors[key] for key in plain},
    )


LIGHT, DARK = _theme("light", 0), _theme("dark", 1)
THEMES = {theme.name: theme for theme in (LIGHT, DARK)}


def themed(name: str, call: str = "{}") -> Theme:
    """The colours by their name.

    Args:
        name: "light" or "dark".
        call: what was called, around the option, for the message.

    Raises:
        OptionError: if there is no such theme; with the nearest one.

    >>> themed("dark").paper
    '#14171b'
    """
    if name not in THEMES:
        raise unknown("theme", name, THEMES, call=call)
    return THEMES[name]


def law() -> dict[str, float]:
    """The numbers of `tint` and `pen`, for a page that draws by the same law.

    >>> law()["strongest_tint"]
    0.55
    """
    return {"strongest_tint": STRONGEST_TINT, "thinnest": THINNEST, "thickest": THICKEST}


def variables() -> str:
    """The colours of a page as CSS variables: light, and dark for readers who prefer that.

    A page may choose for its reader: `data-theme="light"` or `"dark"` at its root. Paper is always light.

    >>> "--positive: #0072b2;" in variables()
    True
    """
    light, dark = (" ".join(f"--{name}: {pair[side]};" for name, pair in PAGE.items()) for side in (0, 1))
    return (
        f":root {{ color-scheme: light dark; {light} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
        f':root[data-theme="light"] {{ color-scheme: light; {light} }}\n'
        f':root[data-theme="dark"] {{ color-scheme: dark; {dark} }}\n'
        f"@media print {{ :root, :root[data-theme] {{ color-scheme: light; {light} }} }}\n"
    )


def _share(number: float, largest: float) -> float:
    """Between 0 and 1; the square root makes small numbers visible beside large ones."""
    if number != number or largest == 0:
        return 0.0
    return min(1.0, (abs(number) / largest) ** 0.5) if abs(number) < float("inf") else 1.0


def mixed(paper: str, ink: str, share: float) -> str:
    """A colour between two: `share` of the second.

    >>> mixed("#ffffff", "#000000", 0.5)
    '#808080'
    """
    pairs = zip(channels(paper), channels(ink), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def channels(color: str) -> list[int]:
    """Red, green and blue of a colour, from 0 to 255.

    >>> channels("#0072b2")
    [0, 114, 178]
    """
    return [int(color[i : i + 2], 16) for i in (1, 3, 5)]
