"""What does the page say, and in which languages?

Every string of the player and the worksheet is in this one table, with a row for each string and a column for each
language. A translation is one more column. `{name}` is filled in when the string is shown; all columns of a row have
the same names.

Names to know: `LANGUAGES`, `strings`. Read next: `slips.py`.
"""

from __future__ import annotations

from tinygrad_edu.choices import unknown
from tinygrad_edu.show import ordinal
from tinygrad_edu.steps.wording import Role

LANGUAGES = ("en", "zh")
HTML_LANG = {"en": "en", "zh": "zh-Hans"}

# fmt: off
TABLE: dict[str, tuple[str, ...]] = {
    # ── the page ──────────────────────────────────────────────────────────────────────────────────────────────────
    "title":             ("The chain rule, step by step: {output}", "链式法则，一步一步：{output}"),
    "formula":           ("A formula, such as q = x + y; f = q * z", "公式，例如 q = x + y; f = q * z"),
    "tools":             ("Tools", "工具"),
    "stage":             ("The graph", "计算图"),
    "tabs":              ("What to do with it", "可以做什么"),
    "graph":             ("Computation graph of {expression}", "{expression} 的计算图"),
    "box":               ("value {value}, gradient {gradient}", "数值 {value}，梯度 {gradient}"),
    "too_large":         ("This graph is too large to draw: {nodes} nodes, {edges} edges. The steps are all here.",
                          "这张图太大，画不下：{nodes} 个结点，{edges} 条边。所有步骤都在这里。"),

    # ── the bar: formula, examples, link, language ────────────────────────────────────────────────────────────────
    "no_script":         ("This page computes with JavaScript, which this browser has switched off.",
                          "这个页面用 JavaScript 计算，而这个浏览器关闭了它。"),
    "side":              ("The step, and what to do with it", "这一步，以及可以做什么"),
    "examples_button":   ("Examples ▾", "例子 ▾"),
    "examples":          ("Examples", "例子"),
    "formula_empty":     ("Type a formula, such as q = x + y; f = q * z",
                          "输入公式，例如 q = x + y; f = q * z"),
    "formula_python":    ("{name}: a graph of {nodes} nodes from Python. Type a formula to replace it.",
                          "{name}：来自 Python 的图，{nodes} 个结点。输入公式可以替换它。"),
    "instead":           ("Write instead:", "改写成："),
    "write_instead":     ("Write {better} instead", "改写成 {better}"),
    "leave_out":         ("Leave it out", "删掉它"),
    "formula_outside":   ("{formula} is not defined: {signature} needs {domain}.",
                          "{formula} 没有定义：{signature} 要求 {domain}。"),
    "full_stop":         (".", "。"),
    "share":             ("Share", "分享"),
    "share_link":        ("Link to this page as it is now", "指向页面当前状态的链接"),
    "share_copied":      ("Copied: this link opens the page as it is now.",
                          "已复制：这个链接打开页面现在的样子。"),
    "share_by_hand":     ("This link opens the page as it is now. Copy it from here.",
                          "这个链接打开页面现在的样子，可以从这里复制。"),
    "share_framed":      ("In a notebook the page has no address. Save it with player(f).save(\"f.html\"), open that "
                          "file, and put this behind its address.",
                          "在笔记本里页面没有地址。用 player(f).save(\"f.html\") 保存并打开它，"
                          "再把这一段接在它的地址后面。"),
    "link_part":         ("The link has a part that is not read: {part}",
                          "链接里有读不懂的部分：{part}"),
    "link_step":         ("In the link, step has to be a whole number, and not {step}.",
                          "链接里的 step 应是整数，不是 {step}。"),
    "link_far":          ("The link wants step {step}, and the last is {last}.",
                          "链接要第 {step} 步，而最后一步是 {last}。"),
    "link_number":       ("In the link, {name} needs a number, and not {text}.",
                          "链接里的 {name} 应是数，不是 {text}。"),
    "link_tab":          ("The link wants a panel {tab}, and there is no panel {tab}.",
                          "链接要打开面板 {tab}，而这里没有它。"),
    "link_lang":         ("The link wants a language {lang}, and there is no language {lang}.",
                          "链接要用语言 {lang}，而这里没有它。"),
    "link_name":         ("The link has a number for {name}, which is not an input here.",
                          "链接给了 {name} 的值，而这里没有这个输入。"),
    "link_formula":      ("The formula of the link is wrong: see the formula box.",
                          "链接里的公式有误：见公式框。"),
    "link_outside":      ("The numbers of the link are outside the domain of an operation; the first are shown.",
                          "链接里的数超出了某个运算的定义域；显示的是最初的数。"),
    "no_picture":        ("This browser cannot run WebAssembly, which lays the picture out. The steps are all here.",
                          "这个浏览器不能运行排版图形的 WebAssembly。所有步骤都在这里。"),
    "present":           ("Present", "演示"),
    "theme_system":      ("Colours: as the system has them", "颜色：跟随系统"),
    "theme_light":       ("Colours: light", "颜色：浅色"),
    "theme_dark":        ("Colours: dark", "颜色：深色"),
    "close":             ("Close", "关闭"),
    # ── the stage: zoom, presentation, legend ────────────────────────────────────────────────────────────────────
    "stage_terms":       ("{count} terms", "{count} 项"),
    "stage_edges":       ("{count} arrows", "{count} 条箭头"),
    "stage_close":       ("Fold {name}", "折叠{name}"),
    "stage_arrived":     ("{arrived} of {all}", "{arrived} / {all}"),
    "stage_positive":    ("positive", "正"),
    "stage_negative":    ("negative", "负"),
    "stage_thicker":     ("thicker: larger", "越粗越大"),
    "stage_stopped":     ("nothing passes", "没有东西传过去"),
    "stage_dashed":      ("not reached yet", "尚未到达"),
    "stage_tools":       ("Look around", "查看"),
    "stage_farther":     ("Zoom out (−)", "缩小 (−)"),
    "stage_closer":      ("Zoom in (+)", "放大 (+)"),
    "stage_fit":         ("fit", "适应"),
    "stage_fit_all":     ("fit: show everything (0)", "适应：显示全部 (0)"),
    "stage_full":        ("Full screen", "全屏"),
    "stage_end":         ("End the presentation (Esc)", "结束演示 (Esc)"),
    "key_zoom":          ("zoom out, zoom in, show everything", "缩小、放大、显示全部"),
    "key_pan":           ("move the graph", "移动计算图"),
    "stage_no_full":     ("This frame may not fill the screen: save the page and open the file.",
                          "这个框架不能全屏：请保存页面再打开文件。"),
    # ── any size: groups, samples, the overview ──────────────────────────────────────────────────────────────────
    "size_layer":        ("layer {layer}", "第 {layer} 层"),
    "size_neuron":       ("neuron {neuron}", "神经元 {neuron}"),
    "size_neurons":      ("{count} neurons", "{count} 个神经元"),
    "size_loss_of":      ("loss of sample {sample}", "样本 {sample} 的损失"),
    "size_term":         ("term {sample}", "第 {sample} 项"),
    "size_parameters":   ("parameters", "参数"),
    "size_penalty":      ("penalty on the weights", "权重的惩罚项"),
    "size_use":          ("use {time}", "第 {time} 次使用"),
    "size_node":         ("{count} node", "{count} 个结点"),
    "size_nodes":        ("{count} nodes", "{count} 个结点"),
    "size_leaf":         ("{count} leaf", "{count} 个叶结点"),
    "size_leafs":        ("{count} leaves", "{count} 个叶结点"),
    "size_more":         ("… {count} node", "… {count} 个结点"),
    "size_mores":        ("… {count} nodes", "… {count} 个结点"),
    "size_before":       ("before this part", "在这部分之前"),
    "size_between":      ("between these", "在这些之间"),
    "size_after":        ("after this part", "在这部分之后"),
    "size_sum_samples":  ("sum over {count} samples", "{count} 个样本求和"),
    "size_sum_terms":    ("sum of {count} terms", "{count} 项求和"),
    "size_meet":         ("where all of them meet", "它们在这里汇合"),
    "size_overview":     ("{drawn} of {nodes} nodes are drawn", "画出 {nodes} 个结点中的 {drawn} 个"),
    "size_overview_label": ("All {nodes} nodes, depth to the right; {drawn} of them are drawn on the stage.",
                          "全部 {nodes} 个结点，从左到右越来越深；其中 {drawn} 个画在舞台上。"),
    "size_sample":       ("Sample", "样本"),
    "size_sample_back":  ("Previous sample", "上一个样本"),
    "size_sample_next":  ("Next sample", "下一个样本"),
    "size_of":           ("of {count}", "/ {count}"),
    "size_samples":      ("samples", "个样本"),
    "size_terms":        ("terms", "项"),
    "size_is_samples":   ("{output} sums over {count} samples with the same parameters.",
                          "{output} 对 {count} 个样本求和，它们共用参数。"),
    "size_is_terms":     ("{output} is a sum of {count} terms.", "{output} 是 {count} 项的和。"),
    "size_other_samples": ("{count} other samples", "另外 {count} 个样本"),
    "size_other_terms":  ("{count} other terms", "另外 {count} 项"),
    # ── exports ──────────────────────────────────────────────────────────────────────────────────────────────────
    "export_button":     ("Save", "保存"),
    "export_picture":    ("This step, as a picture", "这一步的图片"),
    "export_width":      ("Width of the PNG", "PNG 的宽度"),
    "export_clear":      ("without a background", "没有背景"),
    "export_as_shown":   ("in the colours of the screen", "用屏幕上的颜色"),
    "export_step_latex": ("This step, as LaTeX", "这一步的 LaTeX"),
    "export_no_step":    ("Go to a step first.", "先走到某一步。"),
    "export_quiz":       ("Not while you predict: the answers are in it.", "预测时不行：里面有答案。"),
    "export_latex":      ("All steps, as LaTeX", "全部步骤的 LaTeX"),
    "export_data":       ("All steps, as data (JSON)", "全部步骤的数据（JSON）"),
    "export_file":       ("File", "文件"),
    "export_saved":      ("Saved as {name}.", "已保存为 {name}。"),
    "export_copied":     ("Copied.", "已复制。"),
    "export_by_hand":    ("Copy it from here.", "从这里复制。"),
    "export_image":      ("Press the right button on the picture, and copy or save it.",
                          "在图片上点右键，然后复制或保存。"),
    "export_too_long":   ("{steps} steps are too many for one text: at most {most}. In Python, "
                          "chain_rule(f) gives them.",
                          "{steps} 步太多，一个文本最多 {most} 步。在 Python 里用 chain_rule(f)。"),
    "sweep_begin":       ("First forward: every box gets its number. Then backward: every arrow multiplies by its "
                          "local derivative, and the gradient of {output} reaches every box.",
                          "先前向：每个方框得到它的数。再反向：每条箭头乘以它的局部导数，"
                          "{output} 的梯度到达每个方框。"),
    "sweep_backward":    ("Every number is known. Now backward: every arrow multiplies by its local derivative, and "
                          "the gradient of {output} reaches every box.",
                          "所有的数都已知。现在反向：每条箭头乘以它的局部导数，{output} 的梯度到达每个方框。"),
    "sweep_step":        ("{phase}, step {step} of {steps}", "{phase}，第 {step} 步，共 {steps} 步"),
    "sweep_end":         ("The gradient of {output}", "{output} 的梯度"),
    "sweep_more":        ("{gradients}, … and {count} more", "{gradients}，…… 还有 {count} 个"),
    # ── downhill ──────────────────────────────────────────────────────────────────────────────────────────────────
    "tab_downhill":      ("Downhill", "下山"),
    "downhill_help":     ("A gradient points uphill. A small step against it makes the output smaller: that is how "
                          "a network learns.",
                          "梯度指向上坡。逆着它走一小步，输出就变小：网络就是这样学习的。"),
    "downhill_rate":     ("η, the step size", "η，步长"),
    "downhill_step":     ("One step", "一步"),
    "downhill_ten":      ("Ten", "十步"),
    "downhill_run":      ("Run", "一直走"),
    "downhill_stop":     ("Stop", "停"),
    "downhill_back":     ("To the start", "回到起点"),
    "downhill_running":  ("On the way down …", "正在下山……"),
    "downhill_down":     ("{output} went down to {to}.", "{output} 降到了 {to}。"),
    "downhill_up":       ("{output} went up to {to}: the step was too large. Lower η.",
                          "{output} 升到了 {to}：步子太大。把 η 调小。"),
    "downhill_same":     ("{output} stays at {to}: the step leads across the valley to the same height. Lower η.",
                          "{output} 还是 {to}：一步跨到了山谷对面同样的高度。把 η 调小。"),
    "downhill_flat":     ("A minimum: the gradient is 0 here, to six decimals, and {output} has come down from "
                          "{from} to {to} in {count} steps.",
                          "到了最小值：这里的梯度是 0（六位小数内），{output} 走了 {count} 步，从 {from} 降到 {to}"
                          "。"),
    "downhill_flat_at_once": ("The gradient is 0 already: there is no way down from here. It may be a minimum, a "
                          "maximum, or a flat place; change a number and try again.",
                          "这里的梯度已经是 0：没有下坡的方向。可能是最小值、最大值或平坦的地方；改一个数再试。"),
    "downhill_lost":     ("{node} would become inf or NaN: the steps grow instead of shrinking. Go back to the "
                          "start and lower η.",
                          "{node} 会变成 inf 或 NaN：步子越走越大。回到起点，把 η 调小。"),
    "downhill_infinite": ("{node} is inf or NaN here: there is no way down. Change a number and try again.",
                          "{node} 在这里是 inf 或 NaN：没有下坡的路。改一个数再试。"),
    "downhill_outside":  ("The next step leads outside the domain of {node}: it is not defined there. Lower η.",
                          "下一步会走出 {node} 的定义域，那里没有定义。把 η 调小。"),
    "downhill_none":     ("Choose at least one number that may move.", "至少选一个可以移动的数。"),
    "downhill_leaf":     ("moves", "移动"),
    "downhill_now":      ("now", "现在"),
    "downhill_gradient": ("gradient", "梯度"),
    "downhill_next":     ("next", "下一步"),
    "downhill_all":      ("all", "全部"),
    "downhill_weights":  ("weights and biases", "权重和偏置"),
    "downhill_no_leaf":  ("none", "都不选"),
    "rows_left":         ("… and {count} more", "……还有 {count} 行"),
    "curve_label":       ("{output} on the way down: from {from} to {to} in {count} steps",
                          "下山时的 {output}：{count} 步从 {from} 到 {to}"),
    "curve_value":       ("{output} = {value}", "{output} = {value}"),
    "curve_steps":       ("{count} steps", "{count} 步"),
    # ── paths ─────────────────────────────────────────────────────────────────────────────────────────────────────
    "tab_paths":         ("Paths", "路径"),
    "paths_help":        ("A change reaches the output along every path. Along one, the local derivatives "
                          "multiply; the paths add up.",
                          "变化沿每条路径传到输出。一条路径上局部导数相乘，各条路径相加。"),
    "paths_from":        ("from", "起点"),
    "paths_one":         ("{gradient}: 1 path from {start} to {output}",
                          "{gradient}：从 {start} 到 {output} 有 1 条路径"),
    "paths_count":       ("{gradient}: {count} paths from {start} to {output}",
                          "{gradient}：从 {start} 到 {output} 有 {count} 条路径"),
    "paths_about":       ("{gradient}: about {count} paths from {start} to {output}",
                          "{gradient}：从 {start} 到 {output} 大约有 {count} 条路径"),
    "paths_more":        ("… and {count} more", "……还有 {count} 条"),
    "paths_more_about":  ("… and about {count} more", "……还有大约 {count} 条"),
    "paths_through":     ("through the {role} {argument} of {user}", "经过 {user} 的{role} {argument}"),
    "paths_long":        ("a product of {count} local derivatives = {product}", "{count} 个局部导数的乘积 = {product}"),

    # ── controls ──────────────────────────────────────────────────────────────────────────────────────────────────
    "controls":          ("Steps", "步骤"),
    "first":             ("First step", "第一步"),
    "back":              ("Back", "上一步"),
    "next":              ("Next", "下一步"),
    "last":              ("Last step", "最后一步"),
    "play":              ("Play", "播放"),
    "pause":             ("Pause", "暂停"),
    "speed":             ("Speed", "速度"),
    "timeline":          ("Timeline", "时间轴"),
    "keys":              ("Keys", "按键"),
    "key_play":          ("Play or pause", "播放或暂停"),
    "key_formula":       ("Into the formula box", "到公式框"),
    "key_tabs":          ("A panel, by its place", "第几个面板"),
    "key_escape":        ("In the formula box: back to the last formula that was right",
                          "在公式框里：回到上一个正确的公式"),
    "segment_forward":   ("forward", "前向"),
    "segment_seed":      ("seed", "起点"),
    "segment_backward":  ("backward", "反向"),
    "at_beginning":      ("the beginning", "开头"),
    "at_end":            ("the end", "结尾"),
    "phase_forward":     ("Forward", "前向"),
    "phase_seed":        ("Seed", "起点"),
    "phase_backward":    ("Backward", "反向"),
    "step_of":           ("step {step} of {steps}", "第 {step} 步，共 {steps} 步"),

    # ── the card ──────────────────────────────────────────────────────────────────────────────────────────────────
    "phase_begin":       ("What will happen", "接下来会发生什么"),
    "phase_end":         ("The gradient", "梯度"),
    "steps":             ("{count} steps", "共 {count} 步"),
    "steps_one":         ("{count} step", "共 {count} 步"),
    "begin":             ("{output} will be computed, and then its gradient: how much {output} changes when an input "
                          "changes a little.",
                          "先算出 {output}，再算出它的梯度：输入变化一点，{output} 变化多少。"),
    "begin_leaf":        ("{output} is an input itself: there is nothing to compute.",
                          "{output} 本身就是输入：没有要计算的。"),
    "begin_forward":     ("Values go forward, from the inputs to {output}: {count} operations, one in each step.",
                          "数值向前走，从输入到 {output}：{count} 个运算，每步一个。"),
    "begin_forward_one": ("Values go forward, from the inputs to {output}: {count} operation.",
                          "数值向前走，从输入到 {output}：{count} 个运算。"),
    "begin_seed_one":    ("The way back begins at {output}: its gradient by itself, {seed}, is 1.",
                          "反向从 {output} 开始：它对自己的梯度 {seed} 是 1。"),
    "begin_backward":    ("Gradients go back: {count} applications of the chain rule, one for each use of a node. "
                          "What arrives at a node adds up.",
                          "梯度往回走：用 {count} 次链式法则，结点每被使用一处就用一次。到达同一结点的贡献相加。"),
    "begin_backward_one": ("Gradients go back: {count} application of the chain rule.",
                          "梯度往回走：用 {count} 次链式法则。"),
    "end_largest":       ("{input} has the largest influence: when it grows a little, {output} changes {times} times "
                          "as much.",
                          "{input} 的影响最大：它增加一点，{output} 变化它的 {times} 倍。"),
    "end_equal":         ("{inputs} share the largest influence: when one of them changes a little, {output} changes "
                          "{times} times as much, in size.",
                          "{inputs} 的影响并列最大：其中一个变化一点，{output} 的变化大小是它的 {times} 倍。"),
    "end_inputs":        ("{count} inputs", "{count} 个输入"),
    "end_one":           ("When {input} grows a little, {output} changes {times} times as much: the gradient is one "
                          "number.",
                          "{input} 增加一点，{output} 变化它的 {times} 倍：梯度是一个数。"),
    "end_leaf":          ("{output} is its own input: it changes by just as much as itself.",
                          "{output} 就是它自己的输入：它变化多少，就是多少。"),
    "end_flat":          ("Every gradient is 0: no small change of an input changes {output} here.",
                          "所有梯度都是 0：在这里，任何输入变化一点，{output} 都不变。"),
    "end_nan":           ("A gradient is NaN: somewhere on the way back to {output}, 0 met inf, or a number was NaN.",
                          "有的梯度是 NaN：在从 {output} 往回的路上，0 遇到了 inf，或者某个数是 NaN。"),
    "end_constant":      ("{output} has no inputs, so there is no gradient.", "{output} 没有输入，所以没有梯度。"),
    "end_more":          ("These are the largest; there are {count} more.", "这些是最大的；还有 {count} 个。"),
    "try_predict":       ("Predict it", "自己预测"),
    "try_downhill":      ("Go downhill", "往下走"),
    "try_inputs":        ("Other inputs", "换别的输入"),
    "over":              ("over", "比"),
    "root_of":           ("square root of", "平方根"),
    "copy":              ("Copy", "复制"),
    "copied":            ("Copied", "已复制"),
    "copy_line":         ("Copy the step in one line", "复制这一行"),
    "caption_upstream":  ("upstream", "上游"),
    "caption_local":     ("local", "局部"),
    "local_constant":    ("local derivative of {op} is {number}", "{op} 的局部导数是 {number}"),
    "local_constant_by": ("local derivative of {op} by its {role} is {number}", "{op} 对{role}的局部导数是 {number}"),
    "local_other":       ("local: the other {noun} {name}", "局部导数：另一个{noun} {name}"),
    "local_argument":    ("local: the {noun} {name}", "局部导数：{noun} {name}"),
    "local_result":      ("local: the result {name} itself", "局部导数：结果 {name} 本身"),
    "local_formula":     ("local derivative of {op}: {formula}", "{op} 的局部导数：{formula}"),
    "say_forward":       ("All arguments of {node} are known, so its number can be computed.",
                          "{node} 所需的数都已知，可以算出它的值。"),
    "say_seed":          ("The way back begins at the output. When {node} changes a little, {node} changes by just as "
                          "much: its gradient is 1.",
                          "反向从输出开始。{node} 变化一点，{node} 就变化同样多：它的梯度是 1。"),
    "say_same":          ("{user} moves one for one with {moved}: the gradient of {user} goes through as it is.",
                          "{moved} 变多少，{user} 就变多少：{user} 的梯度原样通过。"),
    "say_same_output":   ("{user} moves one for one with {moved}. {user} is the output, whose own gradient is 1: so "
                          "{argument} gets 1.",
                          "{moved} 变多少，{user} 就变多少。{user} 是输出，它自己的梯度是 1：所以 {argument} 得到 1。"),
    "say_opposite":      ("{user} moves against {moved}, one for one: the gradient of {user} changes its sign.",
                          "{moved} 增加多少，{user} 就减少多少：{user} 的梯度变号。"),
    "say_opposite_output": ("{user} moves against {moved}, one for one. {user} is the output, whose own gradient is "
                          "1: so {argument} gets −1.",
                          "{moved} 增加多少，{user} 就减少多少。{user} 是输出，它自己的梯度是 1：所以 "
                          "{argument} 得到 −1。"),
    "say_edge":          ("When {moved} changes a little, {user} changes {times} times as much. So the gradient of "
                          "{user} is multiplied by {local} on its way to {argument}.",
                          "{moved} 变化一点，{user} 变化它的 {times} 倍。所以 {user} 的梯度乘以 {local} 再传给 "
                          "{argument}。"),
    "say_edge_output":   ("When {moved} changes a little, {user} changes {times} times as much. {user} is the output, "
                          "whose own gradient is 1: so {argument} gets {local}.",
                          "{moved} 变化一点，{user} 变化它的 {times} 倍。{user} 是输出，它自己的梯度是 1：所以 "
                          "{argument} 得到 {local}。"),
    "say_kink":          ("{user} has a kink here: its slope by {moved} jumps from {left} to {right}. By convention "
                          "its local derivative is {local}.",
                          "{user} 在这里有折点：它对 {moved} 的斜率从 {left} 跳到 {right}。"
                          "按约定，局部导数取 {local}。"),
    "say_not_finite":    ("The local derivative of {user} by {moved} is {local} here: the curve is vertical, or a "
                          "number on the way is not finite. {argument} gets no usable gradient.",
                          "{user} 对 {moved} 的局部导数在这里是 {local}：曲线是竖直的，或者途中有数不是有限的。"
                          "{argument} 得不到可用的梯度。"),
    "in_its_role":       ("the {role} {argument} of {user}", "{user} 的{role} {argument}"),
    "in_its_role_alone": ("the {role} {argument} of {user} alone", "{user} 里只有{role} {argument}"),
    "sum_first":         ("{number} so far", "目前 {number}"),
    "to_come":           ("{count} more to come", "还有 {count} 个"),
    "complete":          ("complete", "完整"),
    "used_once":         ("{name} is used once", "{name} 只用了一次"),
    "used_times":        ("{name} is used {count} times", "{name} 用了 {count} 次"),

    # ── why nothing passes ────────────────────────────────────────────────────────────────────────────────────────
    "stop_upstream":     ("Nothing passes: the gradient of {user} itself is 0.",
                          "没有东西传过去：{user} 自己的梯度就是 0。"),
    "stop_relu":         ("Nothing passes: {user} is a ReLU that is off. Its input {argument} = {number} is not above "
                          "0, so it is flat there and its local derivative is 0. This unit learns nothing here.",
                          "没有东西传过去：{user} 是一个关闭的 ReLU。它的输入 {argument} = {number} 不大于 0，"
                          "曲线在那里是平的，局部导数是 0。这个单元在这里学不到东西。"),
    "stop_flat":         ("Nothing passes: {user} is flat in {argument}, it only jumps. Its local derivative is 0.",
                          "没有东西传过去：{user} 对 {argument} 是平的，只会跳变，局部导数是 0。"),
    "stop_choice":       ("Nothing passes: {user} takes its number from elsewhere, so {argument} makes no difference.",
                          "没有东西传过去：{user} 的值取自另一个参数，{argument} 不起作用。"),
    "stop_factor":       ("Nothing passes: the other factor is 0, so {user} stays 0 whatever {argument} is.",
                          "没有东西传过去：另一个因子是 0，不管 {argument} 是多少，{user} 都是 0。"),
    "stop_weight":       ("Nothing passes: {argument} is multiplied by 0 in {user}, so it makes no difference there.",
                          "没有东西传过去：{argument} 在 {user} 里乘的是 0，所以不起作用。"),
    "stop_saturated":    ("Nothing passes: {user} is so far out on its curve that its slope rounds to 0.",
                          "没有东西传过去：{user} 在曲线上太远，斜率四舍五入为 0。"),
    "stop_local":        ("Nothing passes: the local derivative of {user} by {argument} is 0 here.",
                          "没有东西传过去：{user} 对 {argument} 的局部导数在这里是 0。"),
    "stop_tiny":         ("Nothing passes: the product for {argument} is so small that it rounds to 0.",
                          "没有东西传过去：传给 {argument} 的乘积太小，四舍五入为 0。"),

    # ── live inputs ───────────────────────────────────────────────────────────────────────────────────────────────
    "tab_inputs":        ("Inputs", "输入"),
    "inputs_help":       ("Type a number, or drag: all is computed again.", "输入数字或拖动：一切都会重新计算。"),
    "inputs_find":       ("Find an input by its name", "按名称查找输入"),
    "inputs_more":       ("Show more: {count} left", "显示更多：还有 {count} 个"),
    "inputs_none":       ("No input has such a name.", "没有这个名称的输入。"),
    "inputs_no":         ("There are no inputs: every number is written into the formula.",
                          "没有输入：每个数都写在公式里。"),
    "kind_inputs":       ("inputs", "输入"),
    "kind_weights":      ("weights", "权重"),
    "kind_biases":       ("biases", "偏置"),
    "kind_targets":      ("targets", "目标"),
    "kind_others":       ("others", "其他"),
    "value_of":          ("value of {name}", "{name} 的值"),
    "slider_of":         ("{name}, by dragging", "{name}，拖动"),
    "reset":             ("Reset all", "全部恢复"),
    "reset_one":         ("Reset {name} to {number}", "把 {name} 恢复为 {number}"),
    "not_a_number":      ("{name} needs a number, such as -1.5, 1/2 or 1e-3.",
                          "{name} 需要一个数，例如 -1.5、1/2 或 1e-3。"),
    "outside":           ("{formula} is not defined here: {signature} needs {domain}. The page keeps the last numbers.",
                          "{formula} 在这里没有定义：{signature} 要求 {domain}。页面保留之前的数。"),
    "no_program":        ("The inputs cannot be changed here, because a row of the rule table does not say how "
                          "JavaScript computes it. What to write: {missing}",
                          "这里不能改变输入，因为规则表的一行没有说明 JavaScript 怎样计算它。要写的是：{missing}"),

    # ── nudge ─────────────────────────────────────────────────────────────────────────────────────────────────────
    "tab_nudge":         ("Nudge", "轻推"),
    "nudge_help":        ("When an input moves by δ, the gradient predicts that the output moves by gradient · δ.",
                          "输入移动 δ，梯度预言输出移动梯度 · δ。"),
    "nudge_leaf":        ("input", "输入"),
    "nudge_size":        ("δ, the change", "δ，变化量"),
    "nudge_wrong":       ("δ needs a number other than 0, such as 0.1, -1/2 or 1e-3.",
                          "δ 需要一个非 0 的数，例如 0.1、-1/2 或 1e-3。"),
    "nudge_predicted":   ("gradient · δ, predicted", "梯度 · δ，预言的"),
    "nudge_actual":      ("actual change of {output}", "实际的 {output} 变化"),
    "nudge_gap":         ("difference", "差"),
    "nudge_close":       ("The prediction is good to {percent}.", "预言误差 {percent}。"),
    "nudge_far":         ("The prediction is off by {percent}: over such a large change the slope does not stay the "
                          "same. Try a smaller δ.",
                          "预言误差 {percent}：变化这么大，斜率不再相同。试试更小的 δ。"),
    "nudge_exact":       ("The prediction is exact: {output} is a straight line in {name} here.",
                          "预言是精确的：在这里 {output} 对 {name} 是直线。"),
    "nudge_flat":        ("Neither changes: {output} is flat in {name} here.",
                          "都没有变化：在这里 {output} 对 {name} 是平的。"),
    "nudge_outside":     ("There is no number for {output} at {name} = {number}: it is outside of the domain.",
                          "在 {name} = {number} 处 {output} 没有值：超出了定义域。"),
    "nudge_picture":     ("{output} along {name}: the curve, and its tangent of slope {slope}",
                          "{output} 随 {name} 的变化：曲线，以及斜率为 {slope} 的切线"),
    "nudge_curve":       ("{output}, computed", "{output}，算出的"),
    "nudge_tangent":     ("its tangent: slope = gradient", "切线：斜率 = 梯度"),

    # ── predict ───────────────────────────────────────────────────────────────────────────────────────────────────
    "tab_predict":       ("Predict", "预测"),
    "predict_help":      ("Each gradient on the way back becomes a question: say it before the page does.",
                          "反向的每个梯度都变成一道题：先说出来，再看答案。"),
    "predict_start":     ("Start predicting", "开始预测"),
    "predict_stop":      ("End predict mode", "结束预测"),
    "predict_again":     ("Start again", "重新开始"),
    "predict_values":    ("Ask for the values on the way forward as well", "前向的数值也要问"),
    "predict_score":     ("{answered} of {all} answered: {right} right at once, {wrong} wrong at first, {shown} "
                          "shown.",
                          "共 {all} 题，已答 {answered} 题：一次答对 {right}，第一次答错 {wrong}，看答案 {shown}。"),
    "predict_marks":     ("The questions", "题目"),
    "predict_mark_right": ("Question {number}, {what}: right at once", "第 {number} 题，{what}：一次答对"),
    "predict_mark_wrong": ("Question {number}, {what}: wrong at first", "第 {number} 题，{what}：第一次答错"),
    "predict_mark_shown": ("Question {number}, {what}: shown", "第 {number} 题，{what}：看了答案"),
    "predict_mark_open": ("Question {number}, {what}: still to come", "第 {number} 题，{what}：还没有答"),
    "predict_rules":     ("How it counts", "怎样计分"),
    "predict_rule_first": ("The first answer to a question counts. A wrong one can be corrected, which opens the "
                          "way on, but it stays counted as wrong at first.",
                          "每题以第一次回答为准。答错可以改正，改对才能继续，但仍记为第一次答错。"),
    "predict_rule_digits": ("Write 0.333 or 1/3, −1.5 or −1,5: a number is right when it is the exact one, rounded "
                          "or cut off to the digits that you wrote. Three digits are enough.",
                          "可以写 0.333 或 1/3，−1.5 或 −1,5：把准确值四舍五入或截断到你写的位数，一致就算对。三位"
                          "数字就够了。"),
    "predict_rule_shown": ("It is also right within 0.2 %, and when it is computed from the rounded numbers that "
                          "the page shows.",
                          "误差不超过 0.2 %，或用页面上四舍五入后的数算出来的，也算对。"),
    "predict_rule_ahead": ("Too few digits, or something that is no number, does not count as an answer.",
                          "位数太少，或者不是数，都不算回答。"),
    "predict_ask":       ("What is {gradient}?", "{gradient} 是多少？"),
    "predict_ask_sum":   ("What is {gradient} after the contribution through {user}?",
                          "加上经过 {user} 的贡献之后，{gradient} 是多少？"),
    "predict_ask_value": ("What is {node} = {formula}?", "{node} = {formula} 是多少？"),
    "predict_given":     ("Known: {upstream} = {number}.", "已知：{upstream} = {number}。"),
    "predict_before":    ("So far {gradient} = {number}.", "到目前为止 {gradient} = {number}。"),
    "predict_through":   ("This step is about {local}.", "这一步求的是 {local}。"),
    "predict_check":     ("Check", "检查"),
    "predict_show":      ("Show it", "看答案"),
    "predict_next":      ("Next question", "下一题"),
    "predict_to_summary": ("To the summary", "看总结"),
    "predict_answer":    ("your answer", "你的答案"),
    "predict_right":     ("Right: {number}.", "对：{number}。"),
    "predict_corrected": ("Now it is right: {number}.", "改对了：{number}。"),
    "predict_wrong":     ("Not {answer}.", "不是 {answer}。"),
    "predict_rough":     ("So far so good: write at least three digits.", "目前没错：请至少写三位数字。"),
    "predict_unread":    ("Write a number, such as −4, 0.25 or 1/3.", "写一个数，例如 −4、0.25 或 1/3。"),
    "predict_held":      ("First answer this question, or let it be shown.", "请先回答这一题，或者看答案。"),
    "predict_unknown":   ("Begin with the product: upstream gradient · local derivative.",
                          "先写出乘积：上游梯度 · 局部导数。"),
    "predict_unknown_value": ("Put the numbers of the arguments into {formula}.", "把参数的值代入 {formula}。"),
    "predict_shown":     ("It is {number}.", "答案是 {number}。"),
    "predict_past_right": ("✓ Right at once.", "✓ 一次答对。"),
    "predict_past_wrong": ("✗ The first answer was {answer}.", "✗ 第一次回答是 {answer}。"),
    "predict_past_shown": ("This one was shown.", "这一题看了答案。"),
    "predict_quiet":     ("This shows gradients, so it waits until all questions are answered, or predict mode is "
                          "ended.",
                          "这里会显示梯度，所以要等所有题都答完，或者结束预测模式。"),
    "predict_all_right": ("All {all} right at once.", "{all} 题全部一次答对。"),
    "predict_over":      ("Done: {right} of {all} right at once. To look at again:",
                          "完成：{all} 题中一次答对 {right} 题。再看看："),
    "predict_back_to":   ("step {step}: {what}", "第 {step} 步：{what}"),
    "predict_hand_in":   ("To hand in", "交作业"),
    "predict_copy_code": ("Copy the code", "复制代码"),
    "predict_copy":      ("Copy the result", "复制结果"),
    "predict_download":  ("Download the result", "下载结果"),
    "predict_copied":    ("Copied.", "已复制。"),
    "predict_not_copied": ("The browser does not let this page copy: select the code, or download the result.",
                          "浏览器不让本页复制：请选中代码，或下载结果。"),
    "predict_code_help": ("One letter for each question (R right, S shown, N not answered, others a mistake), and "
                          "five characters to check them by: viz.read_predictions(code, f) in Python reads it "
                          "back. It finds slips, not cheats.",
                          "每题一个字母（R 对，S 看了答案，N 没有答，其他是错误），再加五个校验字符：Python 里的 vi"
                          "z.read_predictions(code, f) 可以读回来。它能发现抄错，防不了作弊。"),
    "mistake_path":      ("A path was forgotten: {argument} is used more than once, and the contributions add up.",
                          "漏了一条路径：{argument} 用了不止一次，各个贡献要相加。"),
    "mistake_ahead":     ("That is the complete gradient of {argument}. This step adds one contribution; others "
                          "are still to come.",
                          "这是 {argument} 的完整梯度。这一步只加一个贡献，其他的还没到。"),
    "mistake_twice":     ("This contribution was added twice.", "这个贡献被加了两次。"),
    "mistake_sign":      ("The sign is wrong.", "符号错了。"),
    "mistake_output":    ("In the local derivative {local}, the output was used for the input, or the input for "
                          "the output.",
                          "局部导数 {local} 里把输出当成了输入，或把输入当成了输出。"),
    "mistake_upstream":  ("The upstream gradient was forgotten: multiply by {gradient} = {upstream}.",
                          "忘了上游梯度：要乘以 {gradient} = {upstream}。"),
    "mistake_local":     ("The local derivative was forgotten: the upstream gradient was passed on as it is.",
                          "忘了局部导数：上游梯度被原样传了过去。"),
    "mistake_early":     ("The gradient of {user} was not yet complete: all its contributions are {upstream} "
                          "together.",
                          "{user} 的梯度还不完整：它的所有贡献加起来是 {upstream}。"),
    "mistake_other":     ("That is the local derivative by another argument of {user}.",
                          "这是 {user} 对另一个参数的局部导数。"),
    "mistake_bracket":   ("The sum so far was multiplied too: only {gradient} · {local} is multiplied, and "
                          "{before} is added to it.",
                          "把已有的和也乘进去了：只有 {gradient} · {local} 相乘，再加上 {before}。"),
    "mistake_plus":      ("Upstream gradient and local derivative were added: the chain rule multiplies them.",
                          "上游梯度和局部导数被相加了：链式法则是相乘。"),
    "mistake_quotient":  ("The upstream gradient was divided by the local derivative: the chain rule multiplies "
                          "them.",
                          "上游梯度被除以局部导数：链式法则是相乘。"),
    "mistake_value":     ("That is a number of the way forward, not a gradient.", "这是前向的数值，不是梯度。"),
    "mistake_forward_swapped": ("The two arguments were exchanged: it is {formula}.",
                          "两个参数颠倒了：应当是 {formula}。"),
    "mistake_forward_sign": ("The sign is wrong.", "符号错了。"),
    "mistake_forward_operation": ("That is the result of another operation: it is {formula}.",
                          "这是另一种运算的结果：应当是 {formula}。"),
    "mistake_forward_argument": ("That is one of the arguments: put the numbers into {formula}.",
                          "这是其中一个参数：要代入 {formula}。"),
    "mistake_name_path": ("a path was forgotten", "漏了一条路径"),
    "mistake_name_ahead": ("the complete gradient instead of one contribution", "用完整的梯度代替一个贡献"),
    "mistake_name_twice": ("a contribution was added twice", "一个贡献加了两次"),
    "mistake_name_sign": ("the sign was wrong", "符号错"),
    "mistake_name_output": ("the output was taken for the input, or the other way round", "输入和输出弄混"),
    "mistake_name_upstream": ("the upstream gradient was forgotten", "忘了上游梯度"),
    "mistake_name_local": ("the local derivative was forgotten", "忘了局部导数"),
    "mistake_name_early": ("an upstream gradient that was not complete", "上游梯度还不完整"),
    "mistake_name_other": ("the local derivative by another argument", "用了对另一个参数的局部导数"),
    "mistake_name_bracket": ("the sum so far was multiplied too", "把已有的和也乘进去了"),
    "mistake_name_plus": ("added instead of multiplied", "该乘却加了"),
    "mistake_name_quotient": ("divided instead of multiplied", "该乘却除了"),
    "mistake_name_value": ("a value instead of a gradient", "用数值代替梯度"),
    "mistake_name_swapped": ("the arguments were exchanged", "参数颠倒"),
    "mistake_name_operation": ("another operation", "用了另一种运算"),
    "mistake_name_argument": ("an argument instead of the result", "用参数代替结果"),
    "mistake_name_unknown": ("a wrong number, of no usual kind", "错得不寻常"),
    "mistake_name_shown": ("shown", "看了答案"),

    # ── why this order ────────────────────────────────────────────────────────────────────────────────────────────
    "tab_order":         ("Order", "顺序"),
    "order_help":        ("A node may pass its gradient on only when all its users have contributed. Here the same "
                          "graph is swept in another order.",
                          "一个结点只有在所有使用它的结点都贡献之后，才能把梯度传下去。这里用另一种顺序扫过同一张图"
                          "。"),
    "order_choice":      ("order", "顺序"),
    "order_right":       ("reverse topological order: right", "逆拓扑序：正确"),
    "order_depth":       ("depth first, as reached", "深度优先，一到达就传"),
    "order_breadth":     ("breadth first, as reached", "广度优先，一到达就传"),
    "order_forward":     ("from the inputs to the output", "从输入到输出"),
    "order_turn":        ("turn", "次序"),
    "order_node":        ("node", "结点"),
    "order_read":        ("it read", "读到"),
    "order_true":        ("complete", "完整时"),
    "order_early":       ("{count} more to come", "还有 {count} 个没到"),
    "order_inherited":   ("wrong from before", "前面已错"),
    "order_leaf":        ("gradient", "梯度"),
    "order_came_out":    ("came out as", "算出"),
    "order_right_one":   ("right", "正确"),
    "order_is_right":    ("Every node waits until its gradient is complete: every gradient is right.",
                          "每个结点都等到梯度完整才传：所有梯度都对。"),
    "order_is_broken":   ("✗ Read too early: {names}. What comes later never gets through.",
                          "✗ 读得太早：{names}。后来的贡献再也传不下去。"),
    "order_is_lucky":    ("✓ Nothing is read too early in this order.", "✓ 这个顺序里没有太早读取任何结点。"),
    "order_lucky_here":  ("On this graph it goes well by luck: no node waits for a longer path. Another order "
                          "fails here, and this one fails elsewhere:",
                          "在这张图上只是碰巧没事：没有结点要等更长的路径。换一种顺序在这里就会错，这种顺序在别的图"
                          "上也会错："),
    "order_lucky":       ("On this graph no order fails: no node is reached by two ways of different length. Where "
                          "paths meet again, the order matters:",
                          "在这张图上怎样都不会错：没有结点能经过长短不同的两条路到达。路径重新汇合的地方，顺序才重"
                          "要："),
    "order_load":        ("Load a graph where it fails", "换一张会出错的图"),
    "order_badge":       ("too early", "太早"),

    # ── gradient check ────────────────────────────────────────────────────────────────────────────────────────────
    "tab_check":         ("Check", "检验"),
    "check_help":        ("Each input is moved by ±h, and the slope that the output shows is compared with the "
                          "gradient; so is each local derivative with its own operation.",
                          "每个输入移动 ±h，把输出显示的斜率与梯度对照；每个局部导数也与它自己的运算对照。"),
    "check_leaves":      ("Gradients of the inputs", "输入的梯度"),
    "check_edges":       ("Each operation alone", "每个运算单独检验"),
    "check_what":        ("derivative", "导数"),
    "check_analytic":    ("backward", "反向"),
    "check_numeric":     ("measured", "测得"),
    "check_error":       ("error", "误差"),
    "check_step":        ("Measured by central differences: h is about {step} · max(1, |x|), or whichever multiple "
                          "of it is most exact. An error up to {tolerance} is accepted.",
                          "用中心差分测量：h 大约是 {step} · max(1, |x|)，取最准确的倍数。误差不超过 {tolerance} 为"
                          "正确。"),
    "check_all_right":   ("✓ All {count} derivatives agree with their differences.", "✓ {count} 个导数都与差分一致。"),
    "check_some_wrong":  ("✗ {wrong} of {count} derivatives are wrong.", "✗ {count} 个导数中有 {wrong} 个错误。"),
    "check_rest":        ("These are {count} of {all}: the others would take too long here.",
                          "这里检验了 {all} 个中的 {count} 个：其余的在这里太费时间。"),
    "check_ok":          ("right", "正确"),
    "check_kink":        ("a kink: the slope is {left} on the left and {right} on the right, and any number "
                          "between them will do",
                          "折点：左边的斜率是 {left}，右边是 {right}，两者之间的数都可以"),
    "check_edge":        ("the edge of the domain: there is a slope on one side only", "定义域的边：只有一侧有斜率"),
    "check_unclear":     ("rounding hides the slope: the differences cannot tell", "被舍入掩盖：差分看不出来"),
    "check_wrong":       ("wrong: the differences show another slope", "错误：差分显示的斜率不同"),

    # ── the worksheet ─────────────────────────────────────────────────────────────────────────────────────────────
    "sheet_title":       ("Worksheet: the chain rule on {expression}", "练习：{expression} 的链式法则"),
    "sheet_name":        ("Name", "姓名"),
    "sheet_date":        ("Date", "日期"),
    "sheet_given":       ("Given", "已知"),
    "sheet_forward":     ("1. Forward: compute every number", "1. 前向：算出每个数"),
    "sheet_backward":    ("2. Backward: one application of the chain rule in each row, in this order",
                          "2. 反向：每行用一次链式法则，按这个顺序"),
    "sheet_gradient":    ("3. The gradient", "3. 梯度"),
    "sheet_shared":      ("A node that is used more than once has several rows: its gradient is their sum. Carry "
                          "the sum on.",
                          "用了不止一次的结点有好几行：它的梯度是它们的和。把和写下去。"),
    "sheet_key":         ("Answer key", "答案"),
    "sheet_operation":   ("operation", "运算"),
    "sheet_numbers":     ("in numbers", "代入数字"),
    "sheet_result":      ("result", "结果"),
    "sheet_rule":        ("chain rule", "链式法则"),
    "sheet_upstream":    ("upstream", "上游"),
    "sheet_local":       ("local", "局部"),
    "sheet_sum":         ("so far", "累计"),
    "sheet_digits":      ("Four significant digits are enough.", "四位有效数字就够了。"),

    # ── where an operation is defined, as the rule table says it ──────────────────────────────────────────────────
    "x > 0":             ("x > 0", "x > 0"),
    "x >= 0":            ("x >= 0", "x >= 0"),
    "a finite x":        ("a finite x", "有限的 x"),
    "y != 0":            ("y != 0", "y != 0"),
    "x >= 0, unless the exponent y is whole, and x != 0, if y is negative":
                         ("x >= 0, unless the exponent y is whole, and x != 0, if y is negative",
                          "x >= 0（除非指数 y 是整数），并且 y 为负时 x != 0"),
    "x > 0, or x = 0 with y > 0, because its derivative by the exponent has log(x) in it":
                         ("x > 0, or x = 0 with y > 0, because its derivative by the exponent has log(x) in it",
                          "x > 0，或 x = 0 且 y > 0，因为对指数的导数里有 log(x)"),

    # ── what an argument is to an operation, as the rule table says it ────────────────────────────────────────────
    "argument":          ("argument", "参数"),
    "term":              ("term", "加数"),
    "minuend":           ("minuend", "被减数"),
    "subtrahend":        ("subtrahend", "减数"),
    "factor":            ("factor", "因子"),
    "dividend":          ("dividend", "被除数"),
    "divisor":           ("divisor", "除数"),
    "base":              ("base", "底数"),
    "exponent":          ("exponent", "指数"),
    "weight":            ("weight", "权重"),
    "input":             ("input", "输入"),
}
# fmt: on
ORDINALS = {"en": lambda number: f"{ordinal(number)} ", "zh": lambda number: f"第 {number} 个"}


def strings(lang: str) -> dict[str, str]:
    """Every string in one language.

    Raises:
        OptionError: if there is no such column.

    >>> strings("en")["next"], strings("zh")["next"]
    ('Next', '下一步')
    """
    if lang not in LANGUAGES:
        raise unknown("lang", lang, LANGUAGES)
    column = LANGUAGES.index(lang)
    return {key: row[column] for key, row in TABLE.items()}


def role_in(lang: str, role: Role) -> str:
    """What an argument is to an operation, in one language.

    >>> role_in("en", Role("factor", 2)), role_in("zh", Role("factor", 2)), role_in("zh", Role("base", 0))
    ('second factor', '第 2 个因子', '底数')
    """
    noun = strings(lang).get(role.noun, role.noun)
    return ORDINALS[lang](role.number) + noun if role.number else noun
