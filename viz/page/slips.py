"""What does the page say of a slip in a formula, in its languages?

In English what the terminal says: `mistakes.py` has the words, and they are not repeated here. This table has the same
rows in Chinese.

Names to know: `slips`. Read next: `menu.py`.
"""

from __future__ import annotations

from tinygrad_edu.text.mistakes import MISTAKES

PRODUCTS = "2 * x，(x + y) * z：每个乘积都要写 *，每个括号都要成对"
PARTS = "数、名字、+ - * / ** 和规则表里的函数"

# fmt: off
CHINESE: dict[str, tuple[str, str]] = {
    # Signs and characters
    "power_sign":    ("`^` 在这里不是运算符", "乘方写作 x ** 2"),
    "raised":        ("乘方要用 ** 写，`{raised}` 读不懂", "{base} ** {power}"),
    "root":          ("`{sign}` 不作为函数来读", "sqrt(x)"),
    "fraction":      ("`{sign}` 不作为数来读", "{number}"),
    "infinity":      ("`{sign}` 不作为数来读", "inf"),
    "bars":          ("竖线不作为括号来读", "abs(x)"),
    "comparison":    ("比较的结果不是数", "step(x - y)、maximum(x, y) 或 relu(x)"),
    "operator":      ("这个运算符对 Value 没有定义", "+ - * / ** 之一"),
    "assignment":    ("这里只能写 `名字 = 表达式` 和表达式", "q = x + y; q * z"),
    "target":        ("`=` 的左边是一个名字", "q = x + y"),
    "quoted":        ("{quoted} 不是数", "一个数或一个名字"),
    "unseen":        ("这里有一个看不见的字符，{code}", "把它去掉，重写这一行"),
    "part":          ("这不是表达式的一部分", PARTS),
    "keyword":       ("`{word}` 是 Python 的词，不是表达式的一部分", PARTS),
    "truth":         ("{word} 不是数", "1 或 0"),
    # What stands beside what
    "no_operator":   ("{left} 和 {right} 之间没有运算符", "{left} * {right}"),
    "no_brackets":   ("函数的自变量写在括号里", "{left}({right})"),
    "two_numbers":   ("两个数并排在一起", "一个数，或者在中间写上运算符"),
    "index":         ("名字不是列表，没有元素", "每个数一个名字：x0、x1"),
    "missing":       ("`{sign}` 的前面缺一个数或名字", PRODUCTS),
    "missing_end":   ("末尾缺一个数或名字", PRODUCTS),
    "empty":         ("没有要计算的东西", "一个表达式，例如 (x + y) * z"),
    # Brackets
    "never_closed":  ("这个括号没有闭合", "在括号内容的末尾补上右括号，例如 2 * (x + y)"),
    "never_opened":  ("这个括号没有对应的左括号", "在括号内容的开头补上左括号，例如 (x + y) * z；或者去掉这个括号"),
    "other_bracket": ("`{closing}` 不能闭合 `{opening}`", PRODUCTS),
    "nothing_in":    ("括号里什么也没有", "(x + y) * z"),
    "comma":         ("逗号只能写在函数的自变量之间", "小数写作 1.5，两个自变量写作 maximum(x, y)"),
    "list":          ("列表只能写在 dot([...], [...]) 或 logsumexp([...]) 里", "一个表达式"),
    # Names, numbers and functions
    "no_value":      ("{name} 没有值", "{advice}"),
    "no_function":   ("没有函数 {name}", "{advice}"),
    "by_name":       ("调用函数时依次写出自变量", "maximum(x, 0)"),
    "lists":         ("自变量的写法不对", "{signature}"),
    "arguments":     ("自变量个数不对，这里有 {count} 个", "{signature}"),
    "too_large":     ("这个数比任何浮点数都大（约 1.8e308）", "inf，或更小的单位"),
    "taken":         ("{name} 已经有了含义，一个名字只代表一个节点", "{name}2 = ..."),
    "constant":      ("{name} 在这里是一个数", "{name}2 = ..."),
    # Sizes
    "brackets":      ("括号套了 {most} 层以上", "先写 q = ...；再用 q"),
    "nested":        ("括号、正负号和乘方套了 {most} 层以上", "先写 q = ...；再用 q"),
    "chain":         ("连着的运算符超过 {most} 个", "先写 q = ...；再用 q"),
}
ADVICE_IN_CHINESE = {
    "is_function":   "{better}：{name} 是函数",
    "or_give":       "{better}，或者给它一个值：{name}=1.0",
    "give":          "给它一个值：{name}=1.0",
    "one_of":        "下面之一：{better}",
}  # for {advice}, which the engine writes in English
# fmt: on


def slips(lang: str) -> dict[str, tuple[str, str]]:
    """For each slip what is wrong and what to write instead, with the places that the page fills in.

    >>> slips("en")["no_operator"]
    ('there is no operator between {left} and {right}', '{left} * {right}')
    """
    return CHINESE if lang == "zh" else MISTAKES
