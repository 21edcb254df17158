"""The eight learners, and what they are compared with."""

from collections.abc import Callable
from typing import Any

TREES = 60
"""Trees of a forest, and rounds of boosting, in which each task gets a tree."""
_BINS = 63

BASELINES = ("most frequent", "task of the base")
"""What costs nothing."""


def _linear(model: Any) -> Any:
    """With the median for what is not known, marked as such, and all columns on one scale."""
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    fill = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
    return make_pipeline(fill, StandardScaler(), model)


def _logistic(seed: int, trees: int) -> Any:
    from sklearn.linear_model import LogisticRegression

    return _linear(LogisticRegression(C=0.05, max_iter=100, random_state=seed))


def _ridge(seed: int, trees: int) -> Any:
    from sklearn.linear_model import RidgeClassifier

    return _linear(RidgeClassifier(alpha=10.0, random_state=seed))


def _forest(seed: int, trees: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(2 * trees, min_samples_leaf=2, random_state=seed)


def _extra(seed: int, trees: int) -> Any:
    from sklearn.ensemble import ExtraTreesClassifier

    return ExtraTreesClassifier(2 * trees, min_samples_leaf=2, random_state=seed)


def _histogram(seed: int, trees: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=trees // 2,
        max_leaf_nodes=15,
        max_bins=_BINS,
        learning_rate=0.15,
        early_stopping=False,
        random_state=seed,
    )


def _xgboost(seed: int, trees: int) -> Any:
    from xgboost import XGBClassifier

    return XGBClassifier(
        n_estimators=trees,
        max_depth=4,
        max_bin=_BINS,
        learning_rate=0.15,
        colsample_bynode=0.3,
        tree_method="hist",
        n_jobs=1,
        random_state=seed,
    )


def _lightgbm(seed: int, trees: int) -> Any:
    from lightgbm import LGBMClassifier

    return LGBMClassifier(
        n_estimators=trees,
        num_leaves=15,
        max_bin=_BINS,
        learning_rate=0.1,
        colsample_bytree=0.5,
        n_jobs=1,
        random_state=seed,
        deterministic=True,
        force_row_wise=True,
        verbose=-1,
    )


def _perceptron(seed: int, trees: int) -> Any:
    from sklearn.neural_network import MLPClassifier

    return _linear(MLPClassifier((64,), alpha=1.0, max_iter=max(10, trees // 4), random_state=seed))


LEARNERS: dict[str, Callable[[int, int], Any]] = {
    "logistic regression": _logistic,
    "ridge classifier": _ridge,
    "random forest": _forest,
    "extra trees": _extra,
    "histogram gradient boosting": _histogram,
    "XGBoost": _xgboost,
    "LightGBM": _lightgbm,
    "multi-layer perceptron": _perceptron,
}
"""Name → makes a learner that is not fitted, given a seed and a number of trees."""
