"""What this process has counted since it began: requests, and what was judged."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import Metric

from service.desk.batch import Done, Result

_SECONDS: Final = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_NO_ISSUE = "none"


class Counts:
    """The counters of one process, in a registry of their own. Safe to share by threads.

    Labels are of closed sets: templates of routes, labels and levels of the taxonomy, codes.
    """

    def __init__(self) -> None:
        self._registry = own = CollectorRegistry()
        ProcessCollector(registry=own)
        self._requests = Counter(
            "fenzhen_http_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=own,
        )
        self._seconds = Histogram(
            "fenzhen_http_request_duration_seconds", "Seconds from the first byte in to the last "
            "byte out.", ("method", "route"), registry=own, buckets=_SECONDS,
        )  # fmt: skip
        self._verdicts = Counter(
            "fenzhen_verdicts", "Texts judged, as judged; corrections do not change it.",
            ("source", "sentiment", "urgency", "review"), registry=own,
        )  # fmt: skip
        self._issues = Counter(
            "fenzhen_verdict_issues", "Texts judged that have an issue; several may have one text.",
            ("source", "issue"), registry=own,
        )  # fmt: skip
        self._unjudged = Counter(
            "fenzhen_unjudged", "Texts that could not be judged.", ("source", "code"), registry=own
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request by the template of its route."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def done(self, results: Sequence[Result]) -> None:
        """Count the verdicts that commands of the desk gave."""
        for result in results:
            if isinstance(result, Done) and result.case and not result.repeated:
                for verdict in result.case.fresh.verdicts:
                    self.judged("desk", verdict.body)

    def judged(self, source: str, verdict: Mapping[str, Any]) -> None:
        """Count one verdict in its JSON form, or a rejection: `unjudged` or `error` says why."""
        code = verdict.get("unjudged") or verdict.get("error", {}).get("code")
        if code:
            self._unjudged.labels(source, code).inc()
            return
        levels = (str(verdict["sentiment"]), str(verdict["urgency"]))
        review = "true" if verdict["review"] else "false"
        self._verdicts.labels(source, *levels, review).inc()
        for issue in verdict["issues"] or (_NO_ISSUE,):
            self._issues.labels(source, issue).inc()

    def collect(self) -> Iterator[Metric]:
        """Yield what was counted; when each series began is nobody's question."""
        for metric in self._registry.collect():
            metric.samples = [s for s in metric.samples if not s.name.endswith("_created")]
            yield metric
