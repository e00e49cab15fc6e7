"""Do the lessons give the numbers that were published for them, and does every printed mistake come to light?"""

import importlib
import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sampling import long_case, sample

from tinygrad_edu import chain_rule, nn
from tinygrad_edu.lessons import LESSONS, against, by_hand, circuit, layers, per_sample, planar

NUMBERS = json.loads((Path(__file__).parents[1] / "support" / "reference-numbers.json").read_text())
MAZUR, COURSE = NUMBERS["mazur"], NUMBERS["cs231n"]


def close(found, right, tolerance=1e-12):
    return np.allclose(found, right, rtol=tolerance, atol=tolerance)


# circuit


def test_the_circuit():
    assert circuit.gradients(circuit.circuit()) == {"x": -4.0, "y": -4.0, "z": 3.0}
    assert [(gate.name, gate.value, gate.gradient) for gate in circuit.gates(circuit.circuit())][-1] == ("f", -12, 1)


def test_the_neuron_gate_by_gate():
    f, right = circuit.neuron(), COURSE["sigmoid"]
    found = circuit.gradients(f)
    assert close(f.data, right["f"])
    assert close([found["x0"], found["x1"]], right["dx"])
    assert close([found["w0"], found["w1"], found["w2"]], right["dw"])
    gates = [(round(gate.value, 2), round(gate.gradient, 2)) for gate in circuit.gates(circuit.neuron())[-4:]]
    assert gates == [(-1.00, -0.20), (0.37, -0.53), (1.37, -0.53), (0.73, 1.00)]


def test_the_maximum_and_the_stages():
    assert circuit.maximum().data == -20
    assert circuit.gradients(circuit.maximum()) == {"x": -8, "y": 6, "z": 2, "w": 0}
    found, right = circuit.gradients(circuit.staged()), COURSE["staged"]
    assert close([circuit.staged().data, found["x"], found["y"]], [right["f"], right["dx"], right["dy"]])


# by hand


def test_every_number_of_the_page():
    network, right = by_hand.forward(), MAZUR
    network.E.backward()
    forward = right["forward"]
    values = [*network.h, *network.o, *(unit.args[0] for unit in (*network.h, *network.o)), network.E]
    names = ("h1", "h2", "o1", "o2", "n1", "n2", "m1", "m2", "E")
    assert close([value.data for value in values], [forward[name] for name in names])
    assert close([w.grad for w in network.w], right["grad_w"])
    assert close([b.grad for b in network.b], right["grad_b_shared"])
    deltas = [unit.args[0].grad for unit in (*network.o, *network.h)]
    assert close(deltas, [right["delta"][name] for name in ("d1", "d2", "dh1", "dh2")])
    assert close([unit.grad for unit in network.h], [right["delta"]["gh1"], right["delta"]["gh2"]])
    assert close(by_hand.one_round(), right["w_after_1"])


RUNS = {
    "fixed": lambda count: by_hand.rounds(count),
    "shared": lambda count: by_hand.rounds(count, train_biases=True),
    "old": by_hand.old_script,
}
ROUNDS = sorted((int(count), run) for run in RUNS for count in MAZUR["runs"][run])


@pytest.mark.parametrize(("count", "run"), [long_case(case) if case[0] > 1000 else case for case in ROUNDS])
def test_ten_thousand_rounds(count, run):
    """All of them in the long run, and always in the code of the guide."""
    end, right = by_hand.after(RUNS[run](count)), MAZUR["runs"][run][str(count)]
    assert close([end.E.data, *(o.data for o in end.o)], [right["E"], right["o1"], right["o2"]], 1e-11)


@pytest.mark.parametrize(("name", "case"), list(zip(by_hand.READINGS, ("shared", "seed"), strict=True)))
def test_shared_biases(name, case):
    L, right = by_hand.shared_biases(by_hand.READINGS[name]), NUMBERS["seed003"][case]
    delta, gradients = by_hand.deltas(L), chain_rule(L).gradients
    assert close(L.data, right["L"])
    assert close([delta[unit] for unit in ("o", "h1", "h2")], [right[f"delta_{unit}"] for unit in ("o", "h1", "h2")])
    both = (delta["h1"] + delta["h2"], delta["o"])
    engine = (gradients["b1"], gradients["b2"])
    assert close(engine, both) is (case == "shared")
    if case == "seed":
        assert close(engine, (delta["h1"], delta["o"] + delta["h2"]))


# planar


def test_the_published_costs_of_the_flower():
    X, y = nn.datasets.flower()
    costs = planar.train(planar.init(4), X, y, 7000)
    right = {int(key): cost for key, cost in NUMBERS["planar_flower"]["1.2"]["cost"].items()}
    for iteration in (key for key in right if key <= 7000):
        assert close(costs[iteration], right[iteration])


@pytest.mark.parametrize(("hidden", "per_cent"), sample(NUMBERS["planar_flower"]["acc_lr1.2_5000"].items(), few=2))
def test_the_published_accuracies_of_the_flower(hidden, per_cent):
    assert planar.accuracy_of(int(hidden)) == per_cent


def test_the_unit_case_of_the_planar_classifier():
    case = NUMBERS["planar_unit"]
    model = nn.MLP(2, [4, 1], activation="tanh")
    P = {name: np.array(table) for name, table in case["P0"].items()}
    for layer, W, b in zip(model.layers, (P["W1"], P["W2"]), (P["b1"], P["b2"]), strict=True):
        for neuron, row, bias in zip(layer.neurons, W, b.ravel(), strict=True):
            neuron.b.data = float(bias)
            for weight, number in zip(neuron.w, row, strict=True):
                weight.data = float(number)
    X, y = np.array(case["X"]).T, np.ravel(case["Y"])
    assert close(planar.loss(model, X, y).data, case["cost_P0"])
    for found in (planar.by_the_engine(model, X, y), planar.Book(nn.weights_of(model), X, y).gradients()):
        for name, right in case["grads_P0"].items():
            assert close(found[name], np.array(right).reshape(np.shape(found[name])))


def test_db_is_the_sum_over_the_samples():
    X, y = nn.datasets.flower()
    model = planar.init(4)
    planar.train(model, X, y, 50)
    some = slice(0, 400, 50)
    total = planar.by_the_engine(model, X[some], y[some])["db1"][0]
    assert close(planar.shares_of_b1(model, X[some], y[some]).sum(), total)


def test_the_mistake_of_the_lost_axis_still_trains():
    assert planar.accuracy_with(planar.Book, iterations=5000) == 90.5
    assert planar.accuracy_with(planar.WithoutAxis, iterations=10_000) == pytest.approx(90.75, abs=0.25)


# per sample


def test_backprop_of_one_sample():
    case = NUMBERS["nielsen_2_3_1"]
    network = per_sample.Network([2, 3, 1])
    network.set([np.array(W) for W in case["weights"]], [np.array(b) for b in case["biases"]])
    assert close(network.feedforward(case["x"]), case["aL"])
    nabla_b, nabla_w = network.backprop(case["x"], case["y"])
    for found, right in zip([*nabla_b, *nabla_w], [*case["nabla_b"], *case["nabla_w"]], strict=True):
        assert close(found, np.reshape(right, found.shape))


@pytest.mark.parametrize("sizes", [[1, 1], [2, 3, 1], [4, 3, 5, 2], [5, 10, 10, 10, 4]])
def test_backprop_of_any_sizes_follows_the_book(sizes):
    network, random = per_sample.Network(sizes, seed=3), np.random.default_rng(1)
    x, y = random.normal(size=sizes[0]), random.random(sizes[-1])
    layers = nn.weights_of(network.model)
    book = per_sample.Book([W for W, _ in layers], [b for _, b in layers]).backprop(x, y)
    for found, right in zip(network.backprop(x.tolist(), y.tolist()), book, strict=True):
        assert all(close(one, other) for one, other in zip(found, right, strict=True))


def test_the_digits_are_learned():
    training, test = per_sample.digits()
    network = per_sample.Network([64, 30, 10])
    network.SGD(training, 5, 10, 3.0)
    assert network.evaluate(test) > 0.8 * len(test)


# layers


def test_the_3_4_3_1_network():
    case = NUMBERS["seed002_3_4_3_1"]
    model = layers.network()
    for layer, (W, b) in zip(model.layers, case["params"], strict=True):
        for neuron, row, bias in zip(layer.neurons, W, np.ravel(b), strict=True):
            neuron.b.data = float(bias)
            for weight, number in zip(neuron.w, row, strict=True):
                weight.data = float(number)
    X, y = np.array(case["X"]).T, np.ravel(case["Y"])
    for found in (layers.by_the_engine(model, X, y), layers.Book(nn.weights_of(model), X, y).gradients()):
        assert close(found["J"], case["J"])
        for number, (dW, db) in enumerate(case["grads"], start=1):
            assert close(found[f"dW{number}"], dW)
            assert close(np.ravel(found[f"db{number}"]), np.ravel(db))


def test_what_is_kept_grows_with_the_samples():
    model = layers.network()
    kept = [layers.compiled(model, *layers.data(m)).memory().numbers for m in (4, 40)]
    assert kept == [8 * 4, 8 * 40]  # A1, A2 and Z3 of every sample: half of Z and A


# the mistakes


def right_and_books(lesson):
    """What the engine finds, and (the formulas, the mistakes) that a lesson holds against it."""
    if lesson is circuit:
        return circuit.gradients(circuit.staged()), circuit.StagedByHand().gradients, [
            book().gradients for book in (circuit.Overwritten, circuit.SlopeTwice)
        ]  # fmt: skip
    if lesson is per_sample:
        network = per_sample.Network([2, 3, 1])
        x, y = np.array([0.5, -1.0]), np.array([1.0])
        found = nn.weights_of(network.model)
        Ws, bs = [W for W, _ in found], [b for _, b in found]
        nabla_b, nabla_w = network.backprop(x.tolist(), y.tolist())
        network.update_mini_batch([(x, y), (x, y)], 3.0)
        network.program.write_back()
        update = nn.weights_of(network.model)[0][1] - bs[0]
        right = per_sample.named(nabla_b, nabla_w) | {"update of b1": update}
        made = [book(Ws, bs) for book in (per_sample.Book, *per_sample.MISTAKES)]
        right_book, *wrong = [lambda one=one: one.on(x, y) for one in made]
        return right, right_book, wrong
    X, y = layers.data() if lesson is layers else nn.datasets.flower()
    model = layers.network() if lesson is layers else planar.init(4)
    weights = nn.weights_of(model)
    right_book, *wrong = [book(weights, X, y).gradients for book in (lesson.Book, *lesson.MISTAKES)]
    return lesson.by_the_engine(model, X, y), right_book, wrong


@pytest.mark.parametrize("lesson", [circuit, planar, per_sample, layers], ids=lambda module: module.__name__)
def test_the_formulas_are_right_and_every_planted_mistake_is_found(lesson):
    right, formulas, mistakes = right_and_books(lesson)
    assert against.verdict(right, formulas) == "right"
    verdicts = [against.verdict(right, mistake) for mistake in mistakes]
    assert all(said.startswith(("wrong: ", "does not run: ")) for said in verdicts), verdicts


def test_the_wrong_sigmoid_changes_the_sign_layer_by_layer():
    """Held against differences of its own cost: the output layer climbs it, the one before descends, and so on."""
    random = np.random.default_rng(0)
    W, b = [random.normal(size=(1, 1)) for _ in range(3)], [random.normal(size=1) for _ in range(3)]
    book, x, y = per_sample.WrongSign(W, b), np.array([1.0]), np.array([1.0])

    def cost(layer, change):
        a = x
        for number, (one, bias) in enumerate(zip(W, b, strict=True)):
            a = book.sigmoid(one @ a + bias + (change if number == layer else 0))
        return 0.5 * float(((a - y) ** 2).sum())

    nabla_b, _ = book.backprop(x, y)
    true = [(cost(layer, 1e-6) - cost(layer, -1e-6)) / 2e-6 for layer in range(3)]
    assert close([float(found[0]) for found in nabla_b], [-true[0], true[1], -true[2]], 1e-7)


# as programs


@pytest.mark.parametrize("name", sample(sorted(LESSONS, key=["circuit", "layers"].__contains__, reverse=True), few=2))
def test_a_lesson_runs(name, capsys, tmp_path):
    importlib.import_module(f"tinygrad_edu.lessons.{name}").main(tmp_path)
    said = capsys.readouterr().out
    pictures = [Path(line.removeprefix("wrote ")) for line in said.splitlines() if line.startswith("wrote ")]
    assert pictures
    assert all(picture.stat().st_size > 1000 for picture in pictures)
    assert all(len(line) <= 160 for line in said.splitlines())
    assert name != "by_hand" or "0.0821670406" in said


@pytest.mark.parametrize("name", sample(sorted(LESSONS, key=["circuit", "layers"].__contains__, reverse=True), few=2))
def test_a_lesson_without_a_folder_writes_nothing(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    importlib.import_module(f"tinygrad_edu.lessons.{name}").main()
    assert "wrote" not in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


# What the formulas of the lessons stand for, and what training does with each mistake


def test_a_bias_for_each_neuron_gets_the_delta_of_its_neuron():
    L, right = by_hand.three_biases(), NUMBERS["seed003"]["own"]
    delta, gradients = by_hand.deltas(L), chain_rule(L).gradients
    assert close(L.data, right["L"])
    assert close([delta[unit] for unit in ("h1", "h2", "o")], [right[f"delta_{unit}"] for unit in ("h1", "h2", "o")])
    assert close([gradients[name] for name in ("b1", "b2", "b3")], [delta[unit] for unit in ("h1", "h2", "o")])
    network = by_hand.forward(biases=by_hand.OWN_BIASES)
    network.E.backward()
    assert close([b.grad for b in network.b], MAZUR["grad_b_own"])


@pytest.mark.parametrize("name", by_hand.READINGS)
def test_the_six_gradients_of_the_small_network_against_differences(name):
    second, h = by_hand.READINGS[name], 1e-6
    found, printed = (way(by_hand.shared_biases(second)) for way in (by_hand.by_the_engine, by_hand.as_printed))
    for parameter, number in by_hand.SMALL.items():
        moved = [by_hand.shared_biases(second, {parameter: number + move}).data for move in (h, -h)]
        slope = (moved[0] - moved[1]) / (2 * h)
        assert close(found[parameter], slope, 1e-8)
        is_wrong = name == "b2 in the second one" and parameter in ("b1", "b2")
        assert close(printed[parameter], slope, 1e-8) is not is_wrong


def test_the_loop_of_the_small_network_is_the_one_of_the_notes():
    second = by_hand.READINGS["b1 in both hidden neurons"]
    numbers = np.array(list(by_hand.SMALL.values()))

    def loss(p):
        h1, h2 = (1 / (1 + np.exp(-(w * 0.5 + p[4]))) for w in p[:2])
        return 0.5 * (1 - 1 / (1 + np.exp(-(p[2] * h1 + p[3] * h2 + p[5])))) ** 2

    for _ in range(5):
        slopes = [(loss(numbers + 1e-6 * one) - loss(numbers - 1e-6 * one)) / 2e-6 for one in np.eye(6)]
        numbers -= 0.5 * np.array(slopes)
    assert close(by_hand.small_rounds(second, by_hand.by_the_engine, count=5), loss(numbers), 1e-9)


def test_a_loss_without_the_half_has_gradients_twice_as_large():
    second = by_hand.READINGS["b1 in both hidden neurons"]
    made = [by_hand.shared_biases(second, loss=line) for line in (by_hand.HALF, by_hand.SQUARE)]
    half, square = map(by_hand.by_the_engine, made)
    assert close(list(square.values()), [2 * number for number in half.values()])


@pytest.mark.long
def test_training_with_each_mistake_comes_to_what_the_lesson_says():
    """The figures themselves are in the pages, which the tests of the guide run; here is what is said about them."""
    flower = {book.__name__: planar.accuracy_with(book) for book in (planar.Book, *planar.MISTAKES)}
    as_well = {name for name, share in flower.items() if share >= flower["Book"] - 2}
    assert as_well == {"Book", "WithoutAxis", "SlopeOfTheOutput", "SlopeBesideCrossEntropy", "OneNumber"}
    costs = {book.__name__: against.measured([partial(layers.cost_with, book)], "{:.5f}") for book in layers.MISTAKES}
    right = f"{layers.cost_with(layers.Book):.5f}"
    assert {name for name, cost in costs.items() if cost == right} == {"Bracket", "CostWithoutShare", "WithoutBias"}
    assert {name for name, cost in costs.items() if cost == "nan"} == {"WithoutSlope"}


def test_mistakes_of_the_digits_run_or_not_and_guess_or_not():
    said = {book: against.measured([partial(per_sample.read_with, book, 0, epochs=3)]) for book in per_sample.MISTAKES}
    stopped = {book for book, words in said.items() if words == "does not run"}
    assert stopped == {per_sample.AllButLast, per_sample.AsPrinted, per_sample.Xrange, per_sample.Unnamed}
    assert float(said[per_sample.WrongSign].split()[0]) < 25
    assert per_sample.read_with(per_sample.Book, 1, epochs=3) > 75


def test_the_two_lines_printed_together_say_nothing_with_one_output():
    random = np.random.default_rng(0)
    weights, biases = [random.normal(size=(3, 2)), random.normal(size=(1, 3))], [np.zeros(3), np.zeros(1)]
    nabla_b, _ = per_sample.AsPrinted(weights, biases).backprop(np.array([0.5, -1.0]), np.array([1.0]))
    assert [found.shape for found in nabla_b] != [(3,), (1,)]
    with pytest.raises(TypeError):
        per_sample.AllButLast(weights, biases).backprop(np.array([0.5, -1.0]), np.array([1.0]))


def test_the_way_through_dA_is_the_shortcut():
    X, y = layers.data()
    weights = nn.weights_of(layers.network())
    right = layers.by_the_engine(layers.network(), X, y)
    assert against.verdict(right, layers.ThroughA(weights, X, y).gradients) == "right"
    book = layers.ThroughA(weights, X, y)
    A, h = book.forward()[3], 1e-6
    slopes = [(book.J(A + h * one) - book.J(A - h * one)) / (2 * h) for one in np.eye(4)[:, None, :]]
    assert close(book.dA(A).ravel() / 4, slopes, 1e-7)


def test_a_key_used_twice_is_found_inside_the_loop():
    with pytest.raises(AssertionError, match="W1 has the shape"):
        layers.initialize(key="W%d")
    assert {name: table.shape for name, table in layers.initialize().items()}["b3"] == (1, 1)
