"""An engine with seven labels, one of them below another: those of data/taxonomy/example.yaml."""

from pathlib import Path

from triage import ModelName, Policy, Triage
from triage.scorers.keyword import KeywordScorer
from triage.taxonomy import Label, Taxonomy, load_taxonomy

EXAMPLE = Path(__file__).parents[1] / "data" / "taxonomy" / "example.yaml"
CHILD, PARENT, NEW = "product_quality/overheating", "product_quality", "invoice"
NAME = ModelName("own", "1", "0" * 12)


def example() -> Taxonomy:
    """The labels of the example."""
    return load_taxonomy(EXAMPLE)


def flat(*codes: str) -> Taxonomy:
    """Labels whose names are their codes in capitals."""
    return Taxonomy(tuple(Label(code, code.upper(), f"The {code}") for code in codes))


def engine_of(taxonomy: Taxonomy, policy: Policy | None = None) -> Triage:
    """An engine that finds a label where one of its phrases stands."""
    words = {label.code: label.phrases for label in taxonomy.labels}
    return Triage(KeywordScorer(words), policy or Policy(), NAME, taxonomy)


def own_engine(policy: Policy | None = None) -> Triage:
    """The engine of the example."""
    return engine_of(example(), policy)
