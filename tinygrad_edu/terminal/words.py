"""What does a terminal say around the steps, in English and in Chinese?

A row for each text and a column for each language, as in `steps/sentences.py`, which has the sentences about a step.

Names to know: `word`, `WORDS`. Read next: `outline.py`.
"""

from __future__ import annotations

from tinygrad_edu.steps.sentences import filled

# fmt: off
WORDS: dict[str, tuple[str, str]] = {
    # The steps as a list
    "forward":    ("forward: every operation computes its number", "前向：每个运算算出它的数"),
    "backward":   ("backward: the chain rule along every edge, upstream × local",
                   "反向：沿每条边用链式法则，上游 × 局部"),
    "backward_sums": ("backward: the chain rule along every edge, upstream × local, added up where a node is used "
                      "more than once",
                      "反向：沿每条边用链式法则，上游 × 局部；节点用了不止一次，就把各个贡献相加"),
    "gradient":   ("gradient", "梯度"),
    "careful":    ("careful here", "这里要小心"),
    "as_role":    ("as {role}", "作为{role}"),
    "paths":      ("∂{output}/∂{start}: {count} paths from {start} to {output}",
                   "∂{output}/∂{start}：从 {start} 到 {output} 有 {count} 条路径"),
    "total":      ("total", "合计"),
    "comma":      (", ", "，"),
    # Files
    "wrote":      ("wrote", "写入"),
    "replaced":   (", in place of an older one", "，替换了旧文件"),
    "open_it":    ("open it in a browser", "请用浏览器打开"),
    "open_print": ("open it in a browser and print it", "请用浏览器打开并打印"),
    "has_key":    ("{sheets}, and the key {place}; --key {file} keeps it apart",
                   "{sheets}，答案{place}；用 --key {file} 可以另存一份"),
    "sheets":     ("{count} sheets", "{count} 份练习"),
    "sheets_one": ("1 sheet", "1 份练习"),
    "on_pages":   ("on pages {first}–{last}", "在第 {first}–{last} 页"),
    "on_page":    ("on page {first}", "在第 {first} 页"),
    "behind":     ("on the pages behind the last sheet", "在最后一份练习后面的几页"),
    "chosen":     ("without a number on the command line: {numbers}; change them in the page",
                   "命令行没有给数的：{numbers}；可以在页面上改"),
    "fill_in":    ("fill it in, then:", "填好之后："),
    "guessed":    ("note: {file} does not say its encoding, and is read as {encoding}; if a name is wrong, save it as "
                   "CSV UTF-8", "注意：{file} 没有标明编码，按 {encoding} 读取；如果名字不对，请另存为 CSV UTF-8"),
    "twice":      ("note: more than one row has this name, and each has marks of its own: {names}",
                   "注意：有几行的名字相同，每行各自评分：{names}"),
    # The stepper
    "value":      ("value", "数值"),
    "names":      ("names", "名称"),
    "symbols":    ("symbols", "符号"),
    "numbers":    ("numbers", "数字"),
    "result":     ("result", "结果"),
    "sum":        ("sum", "求和"),
    "why":        ("why", "为什么"),
    "keys":       ("→/n next  ←/b back  j jump  p play  t predict  w why  ? keys  q quit",
                   "→/n 下一步  ←/b 上一步  j 跳转  p 播放  t 预测  w 为什么  ? 按键  q 退出"),
    "key_next":   ("→ n Space Enter  the next step", "→ n 空格 回车  下一步"),
    "key_back":   ("← b Backspace  the step before", "← b 退格  上一步"),
    "key_ends":   ("Home g, End G  the first step, the last step", "Home g、End G  第一步、最后一步"),
    "key_jump":   ("j 5 Enter  to step 5", "j 5 回车  跳到第 5 步"),
    "key_play":   ("p, + -  play, faster, slower; any key stops", "p、+ -  播放、加快、减慢；按任意键停止"),
    "key_predict": ("t  predict: each number is asked for before it is shown", "t  预测：先问每个数，再显示它"),
    "key_why":    ("w  the sentence that says why: on, off", "w  说明原因的句子：显示、不显示"),
    "key_quit":   ("q Esc  quit", "q Esc  退出"),
    "jump":       ("jump to step: {typed}_   (Enter goes there, q or Esc stays)",
                   "跳到第几步：{typed}_   （回车跳转，q 或 Esc 留下）"),
    "no_step":    ("there is no step {typed}: they go from 1 to {last}", "没有第 {typed} 步：从 1 到 {last}"),
    "no_number":  ("a jump needs the number of a step, from 1 to {last}", "要输入步数，从 1 到 {last}"),
    "no_key":     ("{pressed} is not a key here", "{pressed} 不是这里的按键"),
    "playing":    ("playing, {speed}; any key stops", "播放中，{speed}；按任意键停止"),
    "speed":      ("{count} steps a second", "每秒 {count} 步"),
    "speed_one":  ("{count} step a second", "每秒 {count} 步"),
    "answer":     ("{question} {typed}_   (Enter; nothing typed shows it, Esc stops asking)",
                   "{question} {typed}_   （回车；不输入就看答案，Esc 不再问）"),
    "asking":     ("Now each number is asked for before it is shown; → begins.",
                   "现在先问每个数，再显示它；按 → 开始。"),
    "not_asking": ("No more questions: {right} of {all} right.", "不再提问：{all} 题中答对 {right} 题。"),
    "score":      ("{right} of {all} predicted", "答对 {right} / {all}"),
}
# fmt: on


def word(lang: str, key: str, /, **places: object) -> str:
    """A row of the table in one language, with its places filled in.

    >>> word("en", "value"), word("zh", "no_step", typed=9, last=7)
    ('value', '没有第 9 步：从 1 到 7')
    """
    return filled(WORDS, lang, key, **places)
