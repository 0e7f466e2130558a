"""Books of rules written in a test."""

from textwrap import dedent, indent

from service.routing.facts import Facts
from service.routing.known import Known
from service.routing.route import route
from service.routing.rulebook import parse_rules

SLAS = frozenset(
    {"web", "quality", "on_site", "service", "delivery", "follow_up", "review", "other"}
)
KNOWN = Known(SLAS, frozenset({"first_response", "resolution"}), frozenset({"erp", "siem"}))
QUEUES = """
queues:
  quality: {zh: 质量, en: Quality, sla: quality}
  service: {zh: 服务, en: Service, sla: service}
  review: {zh: 复核, en: Review, sla: review}
  other: {zh: 其他, en: Other}
"""


def book(rules, head="", queues=QUEUES, known=KNOWN):
    """Return the rulebook of a list of rules, of a head before them, and of four queues."""
    rules = indent(dedent(rules).strip("\n"), "  ")
    text = f"version: 1\n{dedent(head)}{queues}rules:\n{rules}\n"
    return parse_rules(text, "rules.yaml", known)


def one(condition, head=""):
    """Return a book of one rule `it` with a condition in the flow style."""
    return book(f"- {{name: it, if: {condition}, then: {{tags: [yes]}}}}", head)


def holds(condition, head="", **facts):
    """Whether a condition holds of facts."""
    return route(Facts(**facts), one(condition, head)).fired == ("it",)
