"""Are the estimators scikit-learn's, by its own checks, and the networks this package's?"""

import pickle
import subprocess
import sys

import numpy as np
import pytest

from tinygrad_edu import nn
from tinygrad_edu.errors import MissingError

pytest.importorskip("sklearn", reason="scikit-learn is not installed")

from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from tinygrad_edu.nn.sklearn import MLPClassifier, MLPRegressor


@parametrize_with_checks([MLPClassifier([8], epochs=15)])  # small, because it is fitted hundreds of times
@pytest.mark.filterwarnings("ignore")
def test_scikit_learns_estimator_checks_pass(estimator, check):
    check(estimator)


@pytest.mark.long  # nearly all is the classifier's
@parametrize_with_checks([MLPRegressor([8], epochs=30)])
@pytest.mark.filterwarnings("ignore")
def test_scikit_learns_estimator_checks_pass_for_the_regressor(estimator, check):
    check(estimator)


def test_a_classifier_predicts_the_labels_it_was_fitted_with():
    X, y = nn.datasets.yinyang(n=150)
    names = np.array(["yin", "yang", "dot"])[y]
    model = MLPClassifier([24], epochs=300, lr=0.02, random_state=0).fit(X, names)
    assert model.score(X, names) > 0.95
    assert model.classes_.tolist() == ["dot", "yang", "yin"]
    assert np.array_equal(model.predict_proba(X), nn.predict_proba(model.model_, X))
    assert repr(model.model_) == "MLP(2 → 24 relu → 3 linear, 147 parameters)"
    assert model.history_.epochs == 300


def test_it_works_in_pipelines_and_grid_searches():
    X, y = nn.datasets.moons(n=80)
    search = GridSearchCV(
        make_pipeline(StandardScaler(), MLPClassifier(epochs=100, random_state=0)),
        {"mlpclassifier__hidden": [(), (16,)]},
        cv=2,
    ).fit(1000 * X, y)
    assert search.best_params_ == {"mlpclassifier__hidden": (16,)}


def test_a_regressor_predicts_in_the_scale_of_its_targets_also_for_several():
    x = np.linspace(-1, 1, 50)[:, None]
    y = np.column_stack([1000 + 50 * np.sin(3 * x[:, 0]), -3 * x[:, 0]])
    model = MLPRegressor([16], activation="tanh", epochs=300, random_state=0).fit(x, y)
    assert model.predict(x).shape == (50, 2)
    assert model.score(x, y) > 0.99


def test_the_same_random_state_gives_the_same_network():
    X, y = nn.datasets.moons(n=40)
    one, two, other = (MLPClassifier([4], epochs=3, random_state=seed).fit(X, y) for seed in (1, 1, 2))
    assert one.model_.state_dict() == two.model_.state_dict() != other.model_.state_dict()


def test_scikit_learn_is_imported_only_when_needed(monkeypatch):
    code = "import sys; from tinygrad_edu import nn; assert 'sklearn' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
    monkeypatch.delattr(nn, "sklearn")  # as in a process that has not asked for it
    assert nn.sklearn.MLPClassifier is MLPClassifier
    with pytest.raises(AttributeError, match="no attribute 'keras'"):
        nn.keras  # noqa: B018


def test_without_scikit_learn_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.delitem(sys.modules, "tinygrad_edu.nn.sklearn")
    monkeypatch.delattr(nn, "sklearn")
    with pytest.raises(MissingError, match="pip install scikit-learn"):
        nn.sklearn  # noqa: B018


def test_the_defaults_of_an_estimator():
    defaults = {
        "hidden": (16, 16),
        "activation": "relu",
        "init": "he",
        "lr": 0.01,
        "weight_decay": 0.0,
        "epochs": 100,
        "batch_size": 32,
        "random_state": None,
        "warm_start": False,
    }
    assert MLPClassifier().get_params() == MLPRegressor().get_params() == defaults


def test_the_random_state_is_the_seed_of_the_network_and_of_its_training():
    X, y = nn.datasets.moons(n=20)
    found = MLPClassifier(hidden=(3,), epochs=2, random_state=1).fit(X, y)
    seed = int(np.random.RandomState(1).randint(2**31 - 1))
    model = nn.MLP(2, [3, 1], init="he", seed=seed)
    adam = nn.Adam(model.parameters(), lr=0.01)
    nn.fit(model, X, y, loss="bce_with_logits", optimizer=adam, epochs=2, batch_size=32, seed=seed)
    assert [p.data for p in found.model_.parameters()] == [p.data for p in model.parameters()]


# Weights, and training that goes on


def numbers_of(model):
    return [parameter.data for parameter in model.model_.parameters()]


def cases():
    """Each estimator with data of its own, and what it is fitted with."""
    X, y = nn.datasets.yinyang(n=40)
    whole = {"hidden": [4], "epochs": 3, "batch_size": None, "random_state": 0}
    yield MLPClassifier(**whole), X, y
    yield MLPClassifier(**whole), X, np.array(["no", "yes"])[(y > 0).astype(int)]
    yield MLPRegressor(**whole), X, 100 + 7 * X[:, 0]
    yield MLPRegressor(**whole), X, np.column_stack([X[:, 0], 5 * X[:, 1]])


@pytest.mark.parametrize("place", range(4))
def test_a_weight_of_two_is_the_sample_twice_and_of_none_its_absence(place):
    model, X, y = list(cases())[place]
    times = np.random.default_rng(0).integers(0, 4, len(X))
    weighted = numbers_of(model.fit(X, y, sample_weight=2.5 * times))
    repeated = numbers_of(model.fit(np.repeat(X, times, axis=0), np.repeat(y, times, axis=0)))
    assert weighted == pytest.approx(repeated, rel=1e-6, abs=1e-9)
    assert weighted != pytest.approx(numbers_of(model.fit(X, y)), rel=1e-3)


def test_equal_weights_change_nothing_and_impossible_ones_are_refused():
    X, y = nn.datasets.moons(n=30)
    model = MLPClassifier([3], epochs=2, random_state=0)
    plain = numbers_of(model.fit(X, y))
    assert numbers_of(model.fit(X, y, sample_weight=np.full(30, 7.0))) == plain
    assert numbers_of(model.fit(X, y, sample_weight=None)) == plain
    for wrong in (np.zeros(30), np.full(30, -1.0), np.ones(29), np.full(30, np.nan)):
        with pytest.raises(ValueError, match=r"weight|Negative|NaN"):
            model.fit(X, y, sample_weight=wrong)


@pytest.mark.parametrize("place", range(4))
def test_partial_fits_of_all_data_are_the_epochs_of_one_fit(place):
    """With all samples in one batch their order does not matter: three calls are three epochs."""
    model, X, y = list(cases())[place]
    fitted = numbers_of(model.fit(X, y))
    other = type(model)(**model.get_params())
    for _ in range(3):
        other.partial_fit(X, y, **({"classes": np.unique(y)} if isinstance(other, MLPClassifier) else {}))
    assert other.n_iter_ == model.n_iter_ == 3
    assert numbers_of(other) == pytest.approx(fitted, rel=1e-9, abs=1e-12)


def test_the_first_partial_fit_has_to_say_all_classes():
    X, y = nn.datasets.moons(n=20)
    with pytest.raises(ValueError, match="classes must be passed"):
        MLPClassifier([2]).partial_fit(X, y)
    model = MLPClassifier([2], random_state=0).partial_fit(X[:5], np.zeros(5, int), classes=[0, 1, 2])
    assert model.predict_proba(X).shape == (20, 3)
    with pytest.raises(ValueError, match="label 7"):
        model.partial_fit(X, np.full(20, 7))
    with pytest.raises(ValueError, match="not the same"):
        model.partial_fit(X, y, classes=[0, 1])


def test_a_warm_start_goes_on_and_a_cold_one_begins_again():
    X, y = nn.datasets.moons(n=30)
    long = MLPClassifier([4], epochs=6, batch_size=None, random_state=0).fit(X, y)
    warm = MLPClassifier([4], epochs=3, batch_size=None, random_state=0, warm_start=True)
    half = numbers_of(warm.fit(X, y))
    assert numbers_of(warm.fit(X, y)) == pytest.approx(numbers_of(long), rel=1e-9, abs=1e-12)
    assert warm.n_iter_ == 3
    assert numbers_of(warm.set_params(warm_start=False).fit(X, y)) == half
    with pytest.raises(ValueError, match="warm_start=True"):
        warm.set_params(warm_start=True, hidden=[5]).fit(X, y)


def test_predictions_are_the_same_compiled_and_not_and_from_a_pickle():
    X, y = nn.datasets.yinyang(n=60)
    model = MLPClassifier([5], epochs=3, random_state=0).fit(X, y)
    grid = np.random.default_rng(0).normal(size=(700, 2))
    first = model.predict_proba(grid)  # sample by sample
    again = [model.predict_proba(grid) for _ in range(2)]  # compiled
    assert np.allclose(first, again[1], rtol=1e-12, atol=1e-15)
    assert np.allclose(pickle.loads(pickle.dumps(model)).predict_proba(grid), first, rtol=1e-12, atol=1e-15)
    model.partial_fit(X, y)
    assert np.allclose(model.predict_proba(grid), nn.predict_proba(model.model_, grid), rtol=1e-12, atol=1e-15)
