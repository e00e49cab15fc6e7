"""Each picture in the colours of the page: `f.svg` on a light page, `f.dark.svg`, if it is there, on a dark one.

Both are in the page, with the same words for readers who do not see them, and the theme of the page hides one of them.
In Chinese, Sphinx takes `f.zh_CN.svg` and `f.dark.zh_CN.svg` instead.
"""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform


def dark_form(address: str) -> str:
    """The address of the dark form of a picture.

    >>> dark_form("pictures/f.svg")
    'pictures/f.dark.svg'
    """
    path = Path(address)
    return path.with_suffix(f".dark{path.suffix}").as_posix()


class DarkPictures(SphinxTransform):
    """Puts the dark form of a picture beside it."""

    default_priority = 30  # after what is said of them was translated, and before Sphinx looks for the files

    def apply(self) -> None:
        """Go through the pictures of a page."""
        folder = Path(self.env.doc2path(self.env.docname)).parent
        for light in list(self.document.findall(nodes.image)):
            if (folder / dark_form(light["uri"])).is_file():
                dark = light.deepcopy()
                dark["uri"] = dark_form(light["uri"])
                for image, theme in ((light, "light"), (dark, "dark")):
                    image["classes"] = [*image["classes"], f"only-{theme}"]
                light.parent.insert(light.parent.index(light) + 1, dark)


def setup(app: Sphinx) -> dict[str, bool]:
    """Look at every page that is read."""
    app.add_transform(DarkPictures)
    return {"parallel_read_safe": True}
