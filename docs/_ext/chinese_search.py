"""How does the search of the Chinese pages find a word, when nothing stands between words?

By pairs of characters: 反向传播 is kept as 反向, 向传, 传播, and a query is taken apart in the same way, so that every
part of a text can be found without a dictionary. (Sphinx asks jieba for words, which a reader's browser does not have:
it would find only the queries that are one word of its dictionary.)
"""

from __future__ import annotations

import re

from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

IDEOGRAPHS = "\u3400-\u9fff"
RUN = re.compile(f"[{IDEOGRAPHS}]+")
SPLITTER = """
function splitQuery(query) {
  const terms = [];
  for (const run of query.split(/[^\\p{Letter}\\p{Number}_\\p{Emoji_Presentation}]+/gu)) {
    for (const part of run.match(/[\\u3400-\\u9fff]+|[^\\u3400-\\u9fff]+/g) || []) {
      if (!/^[\\u3400-\\u9fff]{2,}$/.test(part)) terms.push(part);
      else for (let i = 0; i + 1 < part.length; i++) terms.push(part.slice(i, i + 2));
    }
  }
  return terms;
}
"""


class SearchChinese(SearchEnglish):
    """Chinese in pairs of characters, and English words as in English."""

    lang = "zh"
    language_name = "English"  # of the stemmer, which is for the English words
    js_splitter_code = SPLITTER

    def split(self, input: str) -> list[str]:
        """The terms of a text.

        >>> SearchChinese({}).split("反向传播 by hand")
        ['反向', '向传', '传播', 'by', 'hand']
        """
        pairs = [run[i : i + 2] for run in RUN.findall(input) for i in range(max(1, len(run) - 1))]
        return [*pairs, *super().split(RUN.sub(" ", input))]


def setup(app: Sphinx) -> dict[str, bool]:
    """Search Chinese pages in this way."""
    app.add_search_language(SearchChinese)
    return {"parallel_read_safe": True}
