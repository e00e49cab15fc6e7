"""Does a model come back from its file as it was, and does a damaged file say so?"""

import io
import json
import math
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinygrad_edu import nn
from tinygrad_edu.errors import FileError, NumberError, SizeError
from tinygrad_edu.nn import checkpoint
from tinygrad_edu.nn.layers import activations

SUFFIXES = [".json", ".npz"]


def message(error, call):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def numbers(model):
    return [p.data for p in model.parameters()]


@given(
    st.lists(st.integers(1, 4), min_size=2, max_size=4),
    st.sampled_from(activations()),
    st.sampled_from(SUFFIXES),
    st.data(),
)
@settings(max_examples=60)
def test_every_number_is_restored_to_the_last_bit(tmp_path_factory, sizes, activation, suffix, data):
    model = nn.MLP(sizes[0], sizes[1:], activation=activation, seed=0)
    drawn = data.draw(st.lists(st.floats(), min_size=len(numbers(model)), max_size=len(numbers(model))))
    for parameter, number in zip(model.parameters(), drawn, strict=True):
        parameter.data = number
    path = nn.save(model, tmp_path_factory.mktemp("models") / f"m{suffix}", about={"data": "none", "n": [1, 2.5]})
    again = nn.read(path)
    assert again.about == {"data": "none", "n": [1, 2.5]}
    assert repr(again.model) == repr(model)
    assert list(again.model.state_dict()) == list(model.state_dict())
    assert np.array_equal(np.array(numbers(again.model)), np.array(drawn), equal_nan=True)
    assert [math.copysign(1, n) for n in numbers(again.model) if n == 0] == [
        math.copysign(1, n) for n in drawn if n == 0
    ]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_keeps_the_activation_of_each_hidden_layer(tmp_path, suffix):
    model = nn.MLP(2, [3, 4, 1], activation=["tanh", "relu"], output="sigmoid", seed=0)
    loaded = nn.load(nn.save(model, tmp_path / f"model{suffix}"))
    assert repr(loaded) == repr(model)
    assert loaded([1.0, -2.0]).data == model([1.0, -2.0]).data


@pytest.mark.parametrize(
    "wrong", [3, None, {}, [], ["tanh"], ["tanh", 3], [["tanh"], "relu"], ["tanh", "relu", "relu"]]
)
def test_activations_in_a_file_that_do_not_fit_its_layers_are_refused(tmp_path, wrong):
    path = nn.save(nn.MLP(2, [3, 4, 1], activation=["tanh", "relu"], seed=0), tmp_path / "model.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"activation": wrong}))
    with pytest.raises(FileError, match="activation"):
        nn.load(path)


def test_a_json_file_is_human_readable(tmp_path):
    model = nn.MLP(2, [3, 1], activation="tanh", output="sigmoid", seed=0)
    text = nn.save(model, tmp_path / "m.json").read_text()
    found = json.loads(text)
    assert (found["format"], found["version"], found["sizes"]) == ("tinygrad_edu model", 1, [2, 3, 1])
    assert (found["activation"], found["output"]) == ("tanh", "sigmoid")
    assert np.shape(found["layers"][0]["W"]) == (3, 2)
    rows = [line.count(",") for line in text.splitlines() if line.startswith(" " * 6)]
    assert rows == [2, 2, 2, 3]  # a row of W a line


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_failed_save_leaves_the_old_file_intact(tmp_path, suffix, monkeypatch):
    path = nn.save(nn.MLP(1, [1], seed=0), tmp_path / f"m{suffix}")
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(OSError, match="No space"):
        nn.save(nn.MLP(1, [1], seed=1), path)
    assert path.read_bytes() == before


def test_only_models_that_can_be_rebuilt_are_saved(tmp_path):
    assert "save of Layer(1 → 1, relu)" in message(FileError, lambda: nn.save(nn.Layer(1, 1), tmp_path / "m.json"))
    assert "ends in .json or .npz" in message(FileError, lambda: nn.save(nn.MLP(1, [1]), tmp_path / "m.pkl"))
    assert "ends in .json or .npz" in message(FileError, lambda: nn.load(tmp_path / "m.pt"))
    for about in ({"a": {1, 2}}, {"a": math.nan}):
        assert "that cannot be written as JSON" in message(
            FileError, lambda a=about: nn.save(nn.MLP(1, [1]), tmp_path / "m.json", about=a)
        )


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_truncated_or_changed_file_is_reported_as_such(tmp_path, suffix):
    path = nn.save(nn.MLP(2, [3, 1], seed=0), tmp_path / f"m{suffix}")
    content = path.read_bytes()
    rng = np.random.default_rng(0)
    for cut in rng.integers(0, len(content) - 2, 40):
        path.write_bytes(content[:cut])
        assert f"the model in 'm{suffix}'" in message(FileError, lambda: nn.load(path))
    for place in rng.integers(0, len(content), 200):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        try:
            model = nn.load(path)
        except FileError:
            continue
        assert isinstance(model, nn.MLP)  # a digit or a letter of a comment: still a model


def damaged(**changes):
    return lambda found: found.update(changes)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (damaged(format="other"), "does not say that it is a tinygrad_edu model"),
        (damaged(version=2), "it has version 2 of the format, and this package reads version 1"),
        (damaged(sizes=[2, "3", 1]), "its sizes are [2, '3', 1]"),
        (damaged(sizes=[2, 10**12, 1]), "its sizes are"),
        (damaged(sizes=[2]), "its sizes are [2]"),
        (damaged(sizes=[2, 3]), "it has 2 layers with W and b, and sizes of 1"),
        (damaged(activation="tanhh"), "activation='tanh'"),
        (damaged(activation=["tanhh"]), "activation='tanh'"),
        (damaged(layers={}), "it has no list of layers"),
        (
            lambda found: found["layers"][0].update(W=[[1, 2]]),
            "W of layer 1 has the shape (1, 2), and should have (3, 2)",
        ),
        (lambda found: found["layers"][1].update(b=["x"]), "b of layer 2 is not made of numbers"),
        (lambda found: found["layers"][1].pop("b"), "b of layer 2"),
    ],
)
def test_every_kind_of_damage_has_its_own_message(tmp_path, damage, said):
    path = nn.save(nn.MLP(2, [3, 1], seed=0), tmp_path / "m.json")
    found = json.loads(path.read_text())
    damage(found)
    path.write_text(json.dumps(found))
    assert said in message(FileError, lambda: nn.load(path))


@pytest.mark.parametrize(
    "weight",
    [None, True, 10**400, -(10**310), "1", "", "infinity", [], {}, math.nan, math.inf],
    ids=lambda w: repr(w)[:9],
)
@pytest.mark.parametrize("place", ["W", "b"])
def test_a_weight_in_a_json_file_must_be_a_number(tmp_path, weight, place):
    path = nn.save(nn.MLP(2, [3, 1], seed=0), tmp_path / "m.json")
    found = json.loads(path.read_text())
    row = found["layers"][0]["W"][1] if place == "W" else found["layers"][0]["b"]
    row[1] = weight
    path.write_text(json.dumps(found))
    assert f"{place} of layer 1 is not made of numbers" in message(FileError, lambda: nn.load(path))


def test_numbers_that_json_lacks_are_saved_as_strings(tmp_path):
    model = nn.MLP(3, [1], seed=0)
    for weight, number in zip(model.layers[0].neurons[0].w, (math.inf, -math.inf, math.nan), strict=True):
        weight.data = number
    path = nn.save(model, tmp_path / "m.json")
    assert json.loads(path.read_text())["layers"][0]["W"] == [["inf", "-inf", "nan"]]
    assert np.array_equal(numbers(nn.load(path)), numbers(model), equal_nan=True)


def with_members(path, compression=zipfile.ZIP_DEFLATED, **members):
    """The archive of a model, some of its members exchanged."""
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    for name, array in members.items():
        buffer = io.BytesIO()
        np.lib.format.write_array(buffer, array, allow_pickle=False)
        contents[f"{name}.npy"] = buffer.getvalue()
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros((3, 2), dtype=complex), "not made of numbers, each of them a float: its type is complex128"),
        (np.zeros((3, 2), dtype=[("a", float)]), "not made of numbers"),
        (np.zeros((3, 2), dtype="U4"), "not made of numbers"),
        (np.zeros((3, 2), dtype=bool), "not made of numbers"),
        (np.zeros((3, 2), dtype="M8[s]"), "not made of numbers"),
        (np.zeros((2, 3)), "has the shape (2, 3), and should have (3, 2)"),
        (np.zeros(6), "has the shape (6,), and should have (3, 2)"),
    ],
)
def test_an_array_of_another_dtype_is_not_a_weight(tmp_path, array, said):
    path = with_members(nn.save(nn.MLP(2, [3, 1], seed=0), tmp_path / "m.npz"), W1=array)
    assert f"W of layer 1 {'is ' if said.startswith('not') else ''}{said}" in message(FileError, lambda: nn.load(path))


@pytest.mark.parametrize("array", [
    np.arange(6.0).reshape(3, 2, order="F"), np.arange(6, dtype=np.int32).reshape(3, 2),
    np.arange(6, dtype=">f8").reshape(3, 2), np.arange(6, dtype=np.float32).reshape(3, 2),
])  # fmt: skip
def test_an_array_of_real_numbers_in_any_layout_is_read(tmp_path, array):
    path = with_members(nn.save(nn.MLP(2, [3, 1], seed=0), tmp_path / "m.npz"), W1=array)
    assert np.array_equal(checkpoint.weights_of(nn.load(path))[0][0], array)


def test_a_small_archive_of_gigabytes_is_refused_before_it_is_unpacked(tmp_path):
    zeros = np.zeros(2**24)  # 128 MB, which zip makes 130 kB of
    path = nn.save(nn.MLP(2, [3, 1], seed=0), tmp_path / "m.npz")
    bomb = with_members(path, W1=zeros)
    del zeros
    assert bomb.stat().st_size < 200_000
    tracemalloc.start()
    text = message(FileError, lambda: nn.load(bomb))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "W of layer 1 has 134,217,856 bytes, and should have 48 at most" in text
    assert peak < 10_000_000


def test_only_the_members_of_a_model_are_read(tmp_path):
    model = nn.MLP(2, [3, 1], seed=0)
    path = with_members(nn.save(model, tmp_path / "m.npz"), note=np.array("of no concern"), huge=np.zeros(10**6))
    assert nn.load(path).state_dict() == model.state_dict()


def test_a_single_array_in_an_npz_file_is_refused(tmp_path):
    path = tmp_path / "m.npz"
    with path.open("wb") as file:
        np.save(file, np.zeros((3, 2)))
    assert "not an archive of NumPy arrays" in message(FileError, lambda: nn.load(path))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_sizes_that_load_would_refuse_are_not_saved(tmp_path, suffix, monkeypatch):
    path = nn.save(nn.MLP(20, [10, 10], seed=0), tmp_path / f"m{suffix}")  # 320 parameters
    monkeypatch.setattr(checkpoint, "MOST_PARAMETERS", 319)
    assert "320 parameters are not accepted" in message(FileError, lambda: nn.load(path))
    assert "320 parameters are not accepted" in message(FileError, lambda: nn.save(nn.MLP(20, [10, 10]), path))
    monkeypatch.setattr(checkpoint, "MOST_PARAMETERS", 320)
    monkeypatch.setattr(checkpoint, "MOST_NEURONS", 19)
    assert "a layer of 20 neurons" in message(FileError, lambda: nn.load(path))
    monkeypatch.setattr(checkpoint, "MOST_NEURONS", 20)
    assert len(numbers(nn.load(path))) == 320


def test_texts_that_load_would_refuse_are_not_saved(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "MOST_TEXT", 300)
    nn.save(nn.MLP(1, [1]), tmp_path / "m.npz", about={"note": "x" * 50})
    assert "load accepts 300" in message(
        FileError, lambda: nn.save(nn.MLP(1, [1]), tmp_path / "m.npz", about={"note": "x" * 300})
    )


def test_about_must_be_an_object(tmp_path):
    path = nn.save(nn.MLP(1, [1]), tmp_path / "m.json")
    found = json.loads(path.read_text())
    for about in ([1], "text", 3):
        path.write_text(json.dumps({**found, "about": about}))
        assert "not a JSON object" in message(FileError, lambda: nn.read(path))


@pytest.mark.parametrize("content", [b"", b"[]", b"[" * 10**5, b"\xff\xfe", b"null", b"{}", b"PK\x03\x04"])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_foreign_files_are_refused(tmp_path, content, suffix):
    path = tmp_path / f"m{suffix}"
    path.write_bytes(content)
    assert f"the model in 'm{suffix}'" in message(FileError, lambda: nn.load(path))


def test_nothing_in_a_file_is_executed(tmp_path):
    import pickle

    class Bomb:
        def __reduce__(self):
            return (pytest.fail, ("executed",))

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        array = io.BytesIO()
        np.lib.format.write_array(array, np.array([Bomb()], dtype=object), allow_pickle=True)
        archive.writestr("model.npy", array.getvalue())
    path = tmp_path / "m.npz"
    for content in (buffer.getvalue(), pickle.dumps(Bomb())):
        path.write_bytes(content)
        assert "not an archive of NumPy arrays" in message(FileError, lambda: nn.load(path))


def test_a_state_is_loaded_completely_or_not_at_all():
    model, other = nn.MLP(2, [2, 1], seed=0), nn.MLP(2, [2, 1], seed=1)
    model.load_state_dict(other.state_dict())
    assert numbers(model) == numbers(other)
    state = nn.MLP(2, [2, 1], seed=2).state_dict()
    wrong = {**state, "layers.1.neurons.0.b": "much"}
    message(NumberError, lambda: model.load_state_dict(wrong))
    fewer = {name: number for name, number in state.items() if name != "layers.0.neurons.1.w.0"}
    assert "1 name of parameters without a number, such as layers.0.neurons.1.w.0" in message(
        SizeError, lambda: model.load_state_dict(fewer)
    )
    assert "1 name of no parameter, such as extra" in message(
        SizeError, lambda: model.load_state_dict({**state, "extra": 1.0})
    )
    assert numbers(model) == numbers(other)


def test_the_weights_of_a_model_are_matrices_with_a_row_for_each_neuron():
    model = nn.MLP(3, [2], seed=0)
    ((W, b),) = checkpoint.weights_of(model)
    x = [0.5, -1.0, 2.0]
    assert np.allclose(W @ x + b, nn.predict(model, [x])[0])
