"""Are the estimators scikit-learn's, by its own checks, and the networks this package's?"""

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


def test_scikit_learn_is_imported_only_when_needed():
    code = "import sys; from tinygrad_edu import nn; assert 'sklearn' not in sys.modules; nn.sklearn.MLPClassifier"
    subprocess.run([sys.executable, "-c", code], check=True)
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
