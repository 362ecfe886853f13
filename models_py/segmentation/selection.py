"""Which number of segments is served."""

from dataclasses import dataclass

from models_py.segmentation.clustering import Candidate
from models_py.segmentation.spec import SegmentationSpec


@dataclass(frozen=True)
class Choice:
    """The candidate that is served and the rule that chose it."""

    candidate: Candidate
    rule: str


def choose(
    candidates: list[Candidate], spec: SegmentationSpec, clusters_before: int | None = None
) -> Choice:
    """Choose the k-means solution that is served.

    The largest k whose every cluster is stable and large enough; where none is, the one whose
    least stable cluster is most stable. A k that is served already stays while none of its
    clusters falls below `spec.keep_jaccard`.

    Parameters
    ----------
    candidates : list of Candidate
        K-means solutions with their stability; at least one.
    spec : SegmentationSpec
    clusters_before : int, optional
        k of the stored fit.

    Returns
    -------
    Choice
        Its `rule` is 'largest stable', 'most stable of unstable ones' or 'kept from before'.
    """
    found = _search(candidates, spec)
    for candidate in candidates:
        if (
            candidate.n_clusters == clusters_before
            and clusters_before != found.candidate.n_clusters
            and candidate.stability.jaccard.min() >= spec.keep_jaccard
        ):
            return Choice(candidate, "kept from before")
    return found


def _search(candidates: list[Candidate], spec: SegmentationSpec) -> Choice:
    stable = [
        candidate
        for candidate in candidates
        if candidate.stability.jaccard.min() >= spec.min_jaccard
        and candidate.min_share >= spec.min_share
    ]
    if stable:
        return Choice(max(stable, key=lambda candidate: candidate.n_clusters), "largest stable")
    most_stable = max(
        candidates,
        key=lambda candidate: (candidate.stability.jaccard.min(), candidate.n_clusters),
    )
    return Choice(most_stable, "most stable of unstable ones")
